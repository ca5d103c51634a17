import { createServer } from 'node:net';
import { checkMysql } from '../../src/cli/doctor/check-mysql.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { Database } from '../../src/storage/database.ts';
import { type MysqlFacts, readMysqlFacts } from '../../src/storage/mysql-facts.ts';
import { onMysql, type TestDatabase } from '../support/databases.ts';
import { complaintAbout, complaints, doctor } from '../support/doctor.ts';
import { withProcesses } from '../support/processes.ts';
import { restrictedUser } from '../support/restricted-user.ts';
import { runServer } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';

const PASSWORD = 'a-password-that-is-wrong';

onMysql('doctor and MySQL', (database) => {
  withProcesses();
  runServer(database);
  const env = (change: (url: URL) => void = () => undefined) => {
    const url = new URL(database().url);
    change(url);
    return { ...testEnvironment(database()), DATABASE_URL: url.href };
  };

  it.each([
    [
      'the password is wrong',
      (url: URL) => Object.assign(url, { username: 'nobody', password: PASSWORD }),
      /Access denied/,
      /Correct user and password/,
    ],
    [
      'the database does not exist',
      (url: URL) => Object.assign(url, { pathname: '/portcullis_missing' }),
      /portcullis_missing at \S+, as \S+, cannot be used: .*portcullis_missing/,
      /CREATE DATABASE/,
    ],
    [
      'the host has no such name',
      (url: URL) => Object.assign(url, { hostname: 'database.invalid' }),
      /ENOTFOUND|EAI_AGAIN/,
      /Correct the host/,
    ],
  ])('says that %s, without the password', async (_, change, what, mend) => {
    const { status, findings, stdout, stderr } = await doctor(env(change));
    expect(status).toBe(1);
    expect(complaintAbout(findings, 'database')).toMatchObject({
      level: 'problem',
      what: expect.stringMatching(what),
      mend: expect.stringMatching(mend),
    });
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it('says that nothing answers, or that what answers says nothing', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const at = (url: URL) => Object.assign(url, { hostname: '127.0.0.1', port: String(port) });
    const about = async () => complaintAbout(await examine(env(at), undefined), 'database');
    expect((await about()).what).toContain('ETIMEDOUT');
    await new Promise((resolve) => silent.close(resolve));
    expect((await about()).what).toContain('ECONNREFUSED');
  });

  it('warns of a user who may do more than it must', async () => {
    const root = complaintAbout(await examine(env(), undefined), 'privileges');
    expect(root).toMatchObject({ level: 'warning', what: expect.stringMatching(/ALL PRIVILEGES|SELECT/) });
    const user = await restrictedUser(database());
    try {
      const own = await examine({ ...env(), DATABASE_URL: user.url }, undefined);
      expect(complaints(own)).not.toContain('warning privileges');
      await database().query(`GRANT FILE ON *.* TO '${new URL(user.url).username}'@'%'`);
      const more = await examine({ ...env(), DATABASE_URL: user.url }, undefined);
      expect(complaintAbout(more, 'privileges').what).toContain('beyond its own database: FILE.');
    } finally {
      await user.drop();
    }
  });

  it('says that a table is of another engine, or compares otherwise', async () => {
    const schema = async () => complaintAbout(await examine(env(), undefined), 'schema');
    expect(complaints(await examine(env(), undefined))).not.toContain('problem schema');
    await database().query('ALTER TABLE audit_events ENGINE=MyISAM');
    expect((await schema()).what).toContain('audit_events is not an InnoDB table');
    await database().query('ALTER TABLE audit_events ENGINE=InnoDB');
    const column = 'ALTER TABLE users MODIFY email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE';
    await database().query(`${column} utf8mb4_unicode_ci NULL`);
    expect((await schema()).what).toContain('users.email does not compare bytes');
    await database().query(`${column} utf8mb4_bin NULL`);
  });

  it('measures the clock, which the server corrects', async () => {
    const clock = async (shift: number) => {
      const program = `const now = Date.now; Date.now = () => now() + ${shift}`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(program)}`;
      const { findings, status } = await doctor({ ...env(), NODE_OPTIONS });
      return { status, finding: findings.find(({ subject }) => subject === 'clock') };
    };
    expect((await clock(0)).finding?.level).toBe('ok');
    for (const [shift, what] of [
      [300_000, 'is 300 s ahead of'],
      [-300_000, 'is 300 s behind'],
    ] as const) {
      const { status, finding } = await clock(shift);
      expect(status).toBe(0);
      expect(finding).toMatchObject({ level: 'warning', what: expect.stringContaining(what) });
      expect(finding?.what).toContain('The server corrects it');
    }
  });
});

onMysql('doctor and how a MySQL server is configured', (database) => {
  const good: MysqlFacts = {
    version: '8.4.3',
    variables: new Map([
      ['innodb_doublewrite', 'ON'],
      ['innodb_flush_log_at_trx_commit', '1'],
      ['log_bin', 'ON'],
      ['max_connections', '151'],
      ['sync_binlog', '1'],
    ]),
    privileges: [],
    encrypted: false,
    foreign: [],
  };
  const withVariables = (change: Record<string, string>): MysqlFacts => ({
    ...good,
    variables: new Map([...good.variables, ...Object.entries(change)]),
  });

  it('reads every variable that it judges from the server', async () => {
    const facts = await factsOf(database());
    const [row] = await database().query(
      'SELECT VERSION() AS v, @@GLOBAL.sync_binlog AS s, @@GLOBAL.max_connections AS m',
    );
    expect([...facts.variables.keys()].sort()).toEqual([...good.variables.keys()]);
    expect(facts.version).toBe(row?.['v']);
    expect(facts.variables.get('sync_binlog')).toBe(String(row?.['s']));
    expect(facts.variables.get('max_connections')).toBe(String(row?.['m']));
  });

  it('is content with a durable one: the control', () => {
    expect(complaints(checkMysql(good, 'localhost'))).toEqual([]);
    expect(complaints(checkMysql({ ...good, encrypted: true }, 'db.internal'))).toEqual([]);
    expect(complaints(checkMysql(withVariables({ log_bin: 'OFF', sync_binlog: '0' }), '::1'))).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['flushes at no commit', { innodb_flush_log_at_trx_commit: '2' }, 'problem durability'],
    ['never', { innodb_flush_log_at_trx_commit: '0' }, 'problem durability'],
    ['leaves its binary log to the system', { sync_binlog: '0' }, 'problem durability'],
    ['syncs it now and then', { sync_binlog: '100' }, 'problem durability'],
    ['writes pages once', { innodb_doublewrite: 'OFF' }, 'warning durability'],
    ['only notices torn pages', { innodb_doublewrite: 'DETECT_ONLY' }, 'warning durability'],
    ['has few connections', { max_connections: '20' }, 'warning connections'],
  ])('tells when it %s: %j', (_, change, complaint) => {
    expect(complaints(checkMysql(withVariables(change), 'localhost'))).toEqual([complaint]);
  });

  it.each([
    ['5.7.44-log', true],
    ['10.5.27-MariaDB-log', true],
    ['5.5.5-10.5.27-MariaDB', true],
    ['8.0.36', false],
    ['9.1.0', false],
    ['10.6.20-MariaDB', false],
    ['5.5.5-10.11.6-MariaDB-log', false],
    ['11.4.2-MariaDB', false],
    ['8.0.11-TiDB-v7.5.0', false],
  ])('knows whether %s is too old: %p', (version, old) => {
    expect(complaints(checkMysql({ ...good, version }, 'localhost'))).toEqual(
      old ? ['problem database'] : [],
    );
  });

  it.each(['db.internal', '10.0.0.7', '2001:db8::7'])('warns of a way in the clear to %s', (host) => {
    expect(complaints(checkMysql(good, host))).toEqual(['warning database']);
  });
});

async function factsOf(database: TestDatabase): Promise<MysqlFacts> {
  const opened = await Database.openToLook(loadSettings(testEnvironment(database)).database);
  try {
    return await readMysqlFacts(opened);
  } finally {
    await opened.close();
  }
}
