import type { TestDatabase } from './databases.ts';
import { startTestServer, type TestServer } from './server.ts';

/**
 * For the tests of a suite: three instances on MySQL, and one on SQLite, which is for a server of one instance.
 *
 * @returns their URLs
 */
export function runInstances(
  database: () => TestDatabase,
  env: NodeJS.ProcessEnv = {},
): () => readonly string[] {
  const servers: TestServer[] = [];
  beforeAll(async () => {
    const count = database().kind === 'mysql' ? 3 : 1;
    while (servers.length < count) servers.push(await startTestServer(database(), env));
  });
  afterAll(async () => void (await Promise.all(servers.map((server) => server.stop()))));
  return () => servers.map(({ url }) => url);
}

/** The instance whose turn it is. */
export function instance(urls: readonly string[], turn: number): string {
  const url = urls[turn % urls.length];
  if (url === undefined) throw new Error('No instance is running.');
  return url;
}
