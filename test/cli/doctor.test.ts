import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { examine } from '../../src/cli/doctor/examine.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { openCore } from '../../src/core.ts';
import { createLogger } from '../../src/log.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { complaintAbout, complaints, doctor } from '../support/doctor.ts';
import { portcullis, withProcesses } from '../support/processes.ts';
import { restrictedUser } from '../support/restricted-user.ts';
import { snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { ADMIN, SECRET, testEnvironment } from '../support/server.ts';

const OTHER_SECRET = randomBytes(32).toString('base64');

/** Safe in production, and the secret that the servers of these tests use. */
function production(database: TestDatabase, url = database.url): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'production',
    PORT: '0',
    DATABASE_URL: url,
    PORTCULLIS_SECRET: SECRET,
    ISSUER: 'https://auth.example.com',
    TRUST_PROXY: '10.0.0.0/8',
  };
}

onEachDatabase('doctor where all is well', (database) => {
  withProcesses();
  runServer(database, { BOOTSTRAP_ADMIN_EMAIL: 'root@example.org' });

  it('says so and changes nothing, beside a running server too', async () => {
    const user = await restrictedUser(database());
    try {
      const before = await snapshot(database());
      const { status, stderr, findings } = await doctor(production(database(), user.url));
      // Whoever runs the tests against another machine reads of that, and rightly.
      expect(findings.filter(({ level, what }) => level !== 'ok' && !/is not encrypted/.test(what))).toEqual(
        [],
      );
      expect([status, stderr]).toEqual([0, '']);
      expect(findings.map(({ subject }) => subject)).toEqual(
        expect.arrayContaining(['settings', 'cookie', 'proxy', 'durability', 'migrations', 'signing keys']),
      );
      expect(await snapshot(database())).toBe(before);
    } finally {
      await user.drop();
    }
  });

  it('says in words for people what it says in JSON', async () => {
    const { stdout, status } = await portcullis(['doctor'], { env: production(database()) });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok {7}migrations: all \d+ have run\.$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^(Nothing is wrong|0 problems, \d+ warnings?)\.$/);
  });

  it('says that a secret does not decrypt the signing keys, and prints none', async () => {
    const env = { ...production(database()), PORTCULLIS_SECRET: OTHER_SECRET };
    const { status, findings, stdout, stderr } = await doctor(env);
    const { what, mend } = complaintAbout(findings, 'signing keys');
    expect(what).toContain('PORTCULLIS_SECRET does not decrypt the signing keys');
    expect(mend).toContain('Set PORTCULLIS_SECRET to the secret that this database was last used with');
    expect([status, stderr]).toEqual([1, 'portcullis: 1 problem found.\n']);
    for (const secret of [SECRET, OTHER_SECRET, ADMIN.password]) expect(stdout).not.toContain(secret);
  });

  it('takes the secret from anywhere in the list: the control', async () => {
    const env = { ...production(database()), PORTCULLIS_SECRET: `${OTHER_SECRET},${SECRET}` };
    expect(problems(await examine(env, undefined))).toEqual([]);
  });

  it('looks at the database even where other settings cannot be used', async () => {
    const { findings, status } = await doctor({
      ...production(database()),
      PORT: 'http',
      COOKIE_SECURE: 'off',
    });
    expect(status).toBe(1);
    expect(complaints(findings)).toEqual(expect.arrayContaining(['problem PORT', 'problem COOKIE_SECURE']));
    expect(findings.find(({ subject }) => subject === 'migrations')?.level).toBe('ok');
  });

  it('warns of what works and should not stay: the admin that everybody knows, or none', async () => {
    const rename = (email: string) =>
      database().query('UPDATE users SET email = ? WHERE email IS NOT NULL', [email]);
    const about = async () => complaintAbout(await examine(production(database()), undefined), 'accounts');
    await rename('admin@example.com');
    expect(await about()).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('everybody knows'),
    });
    await rename('root@example.org');
    await database().query("UPDATE users SET status = 'SUSPENDED'");
    expect(await about()).toMatchObject({ level: 'warning', what: 'nobody is an admin.' });
    await database().query("UPDATE users SET status = 'ACTIVE'");
    expect(complaints(await examine(production(database()), undefined))).not.toContain('warning accounts');
  });

  it('sees by the sessions that the proxy hides its clients', async () => {
    const sessions = async (addresses: readonly string[]) => {
      await database().query('DELETE FROM sessions');
      for (const address of addresses) await insertSession(database(), address);
      return complaints(await examine(production(database()), undefined)).filter((text) =>
        /proxy/.test(text),
      );
    };
    const ten = (address: (index: number) => string) =>
      Array.from({ length: 10 }, (_, index) => address(index));
    expect(await sessions(ten(() => '10.0.0.7'))).toEqual(['warning proxy']);
    expect(await sessions(ten((index) => `198.51.100.${index}`))).toEqual([]);
    expect(await sessions(ten(() => '198.51.100.7'))).toEqual([]);
    expect(await sessions(['10.0.0.7'])).toEqual([]);
    await database().query('DELETE FROM sessions');
  });
});

function problems(findings: readonly Finding[]): string[] {
  return complaints(findings).filter((text) => text.startsWith('problem'));
}

async function insertSession(database: TestDatabase, address: string): Promise<void> {
  const [user] = await database.query('SELECT id FROM users');
  await database.query(
    `INSERT INTO sessions (id, user_id, transport, remember_me, secret, generation, branch, successor_seen, created_at,
      last_seen_at, authenticated_at, idle_expires_at, expires_at, ip_address)
     VALUES (?, ?, 'BODY', 1, ?, 0, 0, 0, 1, 1, 1, 1, 1, ?)`,
    [randomBytes(16), user?.['id'] as Buffer, randomBytes(32), address],
  );
}

onEachDatabase('doctor and migrations', (database) => {
  const migrate = async () => {
    const core = await openCore(loadSettings(testEnvironment(database())), createLogger('silent'));
    await core.database.migrate();
    await core.close();
  };
  const about = async () => complaintAbout(await examine(production(database()), undefined), 'migrations');
  const content = async () => {
    const findings = await examine(production(database()), undefined);
    expect(findings.find(({ subject }) => subject === 'migrations')?.level).toBe('ok');
  };

  it('says that none has run on an empty database, and runs none', async () => {
    emptySqliteFile(database());
    expect(await about()).toMatchObject({
      level: 'warning',
      what: expect.stringMatching(/^none has run: the database is empty\. To come: InitialSchema\d+, /),
      mend: expect.stringContaining('portcullis migrate'),
    });
    expect((await about()).what).toContain('none has run');
    await migrate();
    await content();
  });

  it('tells of an upgrade that was cut off, which goes on', async () => {
    const [{ n } = { n: 0 }] = await database().query('SELECT COUNT(*) AS n FROM migrations');
    await database().query("DELETE FROM migrations WHERE name = 'Administration1763856000000'");
    await database().query('ALTER TABLE sessions DROP COLUMN ended_by');
    expect(await about()).toMatchObject({
      level: 'warning',
      what: expect.stringContaining(
        `${Number(n) - 1} of ${n} have run; to come: Administration1763856000000. The tables lack sessions.ended_by.`,
      ),
    });
    await migrate();
    await content();
  });

  it('tells that somebody changed the schema by hand', async () => {
    await database().query('ALTER TABLE sessions DROP COLUMN device_name');
    expect(await about()).toMatchObject({
      level: 'problem',
      what: expect.stringContaining('lacks sessions.device_name'),
    });
    const text = database().kind === 'mysql' ? 'VARCHAR(100)' : 'TEXT';
    await database().query(`ALTER TABLE sessions ADD COLUMN device_name ${text} NULL`);
    await database().query('DROP TABLE audit_events');
    expect((await about()).what).toContain('lacks audit_events:');
  });

  it('tells that a newer version was here', async () => {
    await database().query("INSERT INTO migrations (timestamp, name) VALUES (9, 'Passkeys1999999999999')");
    expect(await about()).toMatchObject({
      level: 'problem',
      what: expect.stringContaining('Passkeys1999999999999 is not known here'),
      mend: expect.stringContaining('Run the newer version'),
    });
  });
});

/** As a start leaves it that was cut off at once. */
function emptySqliteFile({ kind, url }: TestDatabase): void {
  if (kind === 'sqlite') writeFileSync(url.slice('sqlite:'.length), '', { mode: 0o600 });
}
