import { createSqlite, onDatabase, type TestDatabase } from './databases.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A server for the tests of a suite: started before them, stopped after. */
export function runServer(database: () => TestDatabase, env: NodeJS.ProcessEnv = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startTestServer(database(), env);
  });
  afterAll(async () => server?.stop());
  return () => {
    if (server === undefined) throw new Error('The server runs only while the tests run.');
    return server;
  };
}

/** For what the kind of database cannot change: that both answer alike is shown by the suites of what stores. */
export function onSqlite(title: string, suite: (database: () => TestDatabase) => void): void {
  onDatabase(title, createSqlite, suite);
}
