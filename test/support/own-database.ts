import { createMysql, type TestDatabase } from './databases.ts';
import { isInstalled, OwnMariadb } from './mysql.ts';

/**
 * `describe` where mariadbd is installed; else its tests are skipped, unless CI=true, where they fail. A database server
 * that was named is not ours to kill.
 */
export const describeWithMariadb =
  isInstalled('mariadbd') || process.env['CI'] === 'true' ? describe : describe.skip;

/** For suites that stop, kill or fill up the database server, which must be nobody else's. */
export function onOwnMariadb(
  title: string,
  options: readonly string[],
  suite: (server: () => OwnMariadb, database: () => TestDatabase) => void,
): void {
  describeWithMariadb(title, () => {
    let server: OwnMariadb | undefined;
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      server = await OwnMariadb.start(options);
      database = await createMysql(server.url);
    });
    afterAll(async () => {
      server?.signal('SIGCONT');
      await database?.drop().catch(() => undefined);
      await server?.stop();
    });
    const running = <T>(value: T | undefined): T => {
      if (value === undefined) throw new Error('The database server runs only while the tests run.');
      return value;
    };
    suite(
      () => running(server),
      () => running(database),
    );
  });
}
