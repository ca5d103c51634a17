import { createMysql, type TestDatabase } from './databases.ts';
import { isInstalled, OwnMariadb } from './mysql.ts';

/** For suites that stop, kill or fill up the database server, which must be nobody else's. */
export function onOwnMariadb(
  title: string,
  options: readonly string[],
  suite: (server: () => OwnMariadb, database: () => TestDatabase) => void,
): void {
  if (!isInstalled('mariadbd') && process.env['CI'] !== 'true') {
    describe.skip(title, () => void it('needs mariadbd', () => undefined));
    return;
  }
  describe(title, () => {
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
