import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { newFolder, type Outcome, portcullis, startServe, withProcesses } from '../support/processes.ts';

const SECRET = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
const OTHER_SECRET = 'kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4q83vEjRWeJA';

/** Told in so many lines, without a stack trace and without a log line that a person would have to decode. */
function expectPlainFailure({ status, stdout, stderr }: Outcome, lines = 1): void {
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(lines);
  expect(stderr).toMatch(/^portcullis: /);
  expect(stderr).not.toMatch(/\n\s+at |\{"/);
}

function serve(env: NodeJS.ProcessEnv, cwd = newFolder()): Promise<Outcome> {
  return startServe({ env, cwd }).outcome();
}

/** A port of the loopback that is taken, by a listener that says nothing. */
async function silentListener(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('a start that cannot succeed', () => {
  withProcesses();

  it('names every setting that is wrong at once', async () => {
    const cwd = newFolder();
    const outcome = await serve({ PORT: 'http', ACCESS_TOKEN_TTL: '5', DATABASE_URL: 'postgres://db' }, cwd);
    expectPlainFailure(outcome, 4);
    expect(
      outcome.stderr
        .match(/^ {2}[A-Z_]+(?=: )/gm)
        ?.map((name) => name.trim())
        .sort(),
    ).toEqual(['ACCESS_TOKEN_TTL', 'DATABASE_URL', 'PORT']);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('H4 in production with everything insecure names all of it and creates nothing', async () => {
    const cwd = newFolder();
    const insecure = {
      NODE_ENV: 'production',
      COOKIE_SECURE: 'off',
      LOGIN_THROTTLE: 'off',
      ALLOWED_ORIGINS: '*',
      TRUST_PROXY: 'true',
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
    };
    const outcome = await serve(insecure, cwd);
    expectPlainFailure(outcome, 8);
    for (const name of [
      'PORTCULLIS_SECRET',
      'ISSUER',
      'COOKIE_SECURE',
      'ALLOWED_ORIGINS',
      'TRUST_PROXY',
      'LOGIN_THROTTLE',
    ]) {
      expect(outcome.stderr).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    }
    expect(outcome.stderr).toMatch(/^ {2}BOOTSTRAP_ADMIN_PASSWORD: /m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('H4 in production with an easily guessed first password names it among all reasons, and creates nothing', async () => {
    const cwd = newFolder();
    const admin = { BOOTSTRAP_ADMIN_EMAIL: 'root@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'password12345' };
    const almost = { NODE_ENV: 'production', PORTCULLIS_SECRET: SECRET, ...admin };
    const alone = await serve({ ...almost, ISSUER: 'https://auth.example.com' }, cwd);
    expectPlainFailure(alone, 2);
    expect(alone.stderr).toContain(
      '  BOOTSTRAP_ADMIN_PASSWORD: is common or easily guessed; choose another one\n',
    );
    expect(alone.stderr).not.toContain(admin.BOOTSTRAP_ADMIN_PASSWORD);
    const among = await serve(almost, cwd);
    expectPlainFailure(among, 3);
    expect(among.stderr).toMatch(/^ {2}ISSUER: .*\n {2}BOOTSTRAP_ADMIN_PASSWORD: /m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(['prod', 'Production', 'PRODUCTION', 'production '])(
    'H4 in production spelt %j does not start as something else',
    async (mode) => {
      const cwd = newFolder();
      const outcome = await serve({ NODE_ENV: mode }, cwd);
      expectPlainFailure(outcome, 2);
      expect(outcome.stderr).toContain(
        `  NODE_ENV: must be one of development, production, test; it is "${mode}"`,
      );
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  it('H4 in production with networks that hold everybody, taken together, does not start', async () => {
    const cwd = newFolder();
    const TRUST_PROXY = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`).join();
    const env = { NODE_ENV: 'production', PORTCULLIS_SECRET: SECRET, ISSUER: 'https://auth.example.com' };
    const outcome = await serve({ ...env, TRUST_PROXY }, cwd);
    expectPlainFailure(outcome, 2);
    expect(outcome.stderr).toMatch(/^ {2}TRUST_PROXY: must not trust everybody in production/m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('H4 in production with what it asks for starts, and makes no admin whom nobody named', async () => {
    const env = { NODE_ENV: 'production', PORTCULLIS_SECRET: SECRET, ISSUER: 'https://auth.example.com' };
    const server = startServe({ env });
    await server.ready();
    expect(server.stdout).not.toMatch(/admin@example\.com|Password|GraphiQL/);
  });

  it('says that the port is taken, and loses no first password by it', async () => {
    const { server, port } = await silentListener();
    const cwd = newFolder();
    try {
      const outcome = await serve({ PORT: String(port) }, cwd);
      expectPlainFailure(outcome);
      expect(outcome.stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    } finally {
      server.close();
    }
    const next = startServe({ cwd });
    await next.ready();
    expect(next.stdout).toMatch(/^ {2}Password +\S+/m);
  });

  it('says where it may not write', async () => {
    // No mode keeps root from writing; the kernel's own file system does.
    const folder = process.getuid?.() === 0 ? '/sys' : newFolder();
    if (folder !== '/sys') chmodSync(folder, 0o500);
    const outcome = await serve({ DATABASE_URL: `sqlite:${folder}/portcullis/db.sqlite` });
    expectPlainFailure(outcome);
    expect(outcome.stderr).toMatch(/E(ACCES|PERM|ROFS)/);
    expect(outcome.stderr).toContain(`${folder}/portcullis`);
    expect(outcome.stderr).toContain('DATABASE_URL');
  });

  it('says that a file is no database, and leaves it alone', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'notes.txt'), 'These are notes and no database, whoever may ask.\n'.repeat(100));
    const outcome = await serve({ DATABASE_URL: 'sqlite:notes.txt' }, cwd);
    expectPlainFailure(outcome);
    expect(outcome.stderr).toContain('sqlite:notes.txt');
    expect(outcome.stderr).toContain('not a database');
  });

  it('says that the secret file is damaged, and does not make another', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'data'));
    writeFileSync(join(cwd, 'data/portcullis.sqlite.secret'), 'half a secr');
    const outcome = await serve({}, cwd);
    expectPlainFailure(outcome);
    expect(outcome.stderr).toContain('secret file data/portcullis.sqlite.secret is damaged');
    expect(existsSync(join(cwd, 'data/portcullis.sqlite'))).toBe(false);
  });

  it('says that PORTCULLIS_SECRET is not the one of this database', async () => {
    const cwd = newFolder();
    const first = startServe({ cwd, env: { PORTCULLIS_SECRET: SECRET } });
    await first.ready();
    first.kill();
    await first.outcome();
    const outcome = await serve({ PORTCULLIS_SECRET: OTHER_SECRET }, cwd);
    expectPlainFailure(outcome);
    expect(outcome.stderr).toContain('PORTCULLIS_SECRET does not decrypt the signing keys');
    expect(outcome.stderr).not.toContain(OTHER_SECRET);

    const right = startServe({ cwd, env: { PORTCULLIS_SECRET: `${OTHER_SECRET},${SECRET}` } });
    await right.ready();
  });

  it.each([
    ['serve', ['serve']],
    ['a command', ['user', 'list']],
    ['migrate', ['migrate']],
  ])('says that the database is away, without its password: %s', async (_, args) => {
    const { server, port } = await silentListener();
    await new Promise((resolve) => server.close(resolve));
    const url = `mysql://me:the-password@127.0.0.1:${port}/auth`;
    const env = { DATABASE_URL: url, PORTCULLIS_SECRET: SECRET, ISSUER: 'http://localhost', PORT: '0' };
    const outcome = await portcullis(args, { env });
    expectPlainFailure(outcome);
    expect(outcome.stderr).toContain(
      `The database mysql://me:(hidden)@127.0.0.1:${port}/auth cannot be used`,
    );
    expect(outcome.stderr).toContain('ECONNREFUSED');
    expect(outcome.stderr).not.toContain('the-password');
  });

  it('does not wait long for a database that accepts and says nothing', async () => {
    const { server, port } = await silentListener();
    try {
      const url = `mysql://me@127.0.0.1:${port}/auth`;
      const outcome = await serve({
        DATABASE_URL: url,
        PORTCULLIS_SECRET: SECRET,
        ISSUER: 'http://localhost',
      });
      expectPlainFailure(outcome);
      expect(outcome.stderr).toContain('ETIMEDOUT');
    } finally {
      server.close();
    }
  });
});
