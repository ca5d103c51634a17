import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { createMysql, createSqlite, type TestDatabase } from '../test/support/databases.ts';
import { findMysql, type MysqlServer } from '../test/support/mysql.ts';

/** The databases of a run: each scenario gets new ones, and all are gone after it. */
export class Databases {
  readonly #open = new Set<TestDatabase>();

  private constructor(
    private readonly server: MysqlServer,
    /** Of the MySQL or MariaDB server, as it names itself. */
    readonly version: string,
  ) {}

  static async find(): Promise<Databases> {
    const server = await findMysql(process.env);
    if (server === undefined)
      throw new Error('The benchmark needs MySQL or MariaDB: install mariadbd, or set TEST_MYSQL_URL.');
    const connection = await createConnection(server.url);
    const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    await connection.end();
    return new Databases(server, String(rows[0]?.['version']));
  }

  async sqlite(): Promise<TestDatabase> {
    return this.#keep(await createSqlite());
  }

  async mysql(): Promise<TestDatabase> {
    return this.#keep(await createMysql(this.server.url));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((database) => database.drop()));
    await this.server.stop();
  }

  #keep(database: TestDatabase): TestDatabase {
    this.#open.add(database);
    return database;
  }
}
