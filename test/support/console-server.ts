import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { CHECKOUT, type Child, startServe } from './processes.ts';
import { testEnvironment } from './server.ts';

/** The built server in a process of its own, as it runs in earnest, with the console at `/`. */
export interface ConsoleServer {
  readonly url: string;
  /** Ends at once, as a crash does. */
  kill(): Promise<void>;
  /** At the same port as before. */
  start(): Promise<void>;
}

/** Seconds; longer than any test file takes. */
const LIFETIME = 300;

/** One for the tests of a suite: started before them, stopped after. */
export function runConsole(database: () => TestDatabase, env: NodeJS.ProcessEnv = {}): () => ConsoleServer {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-console-'));
  let child: Child | undefined;
  let url = '';
  let port = 0;
  const start = async () => {
    const settings = testEnvironment(database(), { ...env, PORT: String(port) });
    child = startServe({ env: settings, cwd: folder, lifetime: LIFETIME });
    url = await child.ready();
  };
  const kill = async () => {
    child?.killGroup('SIGKILL');
    await child?.exited;
  };
  beforeAll(async () => {
    execFileSync(process.execPath, [join(CHECKOUT, 'scripts/build.mjs')]);
    port = await freePort();
    await start();
  }, 60_000);
  afterAll(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => ({ url, kill, start });
}
