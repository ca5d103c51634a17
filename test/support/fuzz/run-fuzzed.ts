import type { TestDatabase } from '../databases.ts';
import { withProcesses } from '../processes.ts';
import { FuzzedServer } from './fuzzed-server.ts';
import type { Surroundings } from './judge-answer.ts';

/** How a server is set up, and what follows from it for its answers. */
export interface Setup {
  readonly settings: NodeJS.ProcessEnv;
  readonly around: Surroundings;
}

/** As a developer meets it. */
export const PLAIN: Setup = {
  settings: { ACCESS_TOKEN_TTL: '1h' },
  around: { https: false, origin: 'http://localhost:4000', cookieName: 'refresh_token' },
};

/** Behind a proxy, as strict as in production, and with a limit on sessions. */
export const STRICT: Setup = {
  settings: {
    ACCESS_TOKEN_TTL: '1h',
    ISSUER: 'https://auth.example.com',
    INTROSPECTION: 'off',
    TRUST_PROXY: '1',
    MAX_SESSIONS_PER_USER: '5',
  },
  around: { https: true, origin: 'https://auth.example.com', cookieName: '__Host-refresh_token' },
};

/** A server for the tests of a suite; it starts with the first request and is gone after them, whatever came. */
export function runFuzzed(
  database: () => TestDatabase,
  setupOf: (kind: TestDatabase['kind']) => Setup,
): () => FuzzedServer {
  withProcesses();
  let server: FuzzedServer | undefined;
  beforeAll(() => {
    const { settings, around } = setupOf(database().kind);
    server = new FuzzedServer(database(), settings, around);
  });
  afterAll(async () => void (await server?.stop()), 30_000);
  return () => {
    if (server === undefined) throw new Error('The server runs only while the tests run.');
    return server;
  };
}
