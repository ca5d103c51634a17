import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import { ROOT, readText } from '../docs/markdown.ts';
import { login } from '../support/client.ts';
import { filesOf, tablesOf, valuesOf } from '../support/database-dump.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { Day } from '../support/day.ts';
import { playOperator } from '../support/day-operator.ts';
import { DayRecord, storedSecrets } from '../support/day-record.ts';
import { playService } from '../support/day-service.ts';
import { newFolder, startServe, withProcesses } from '../support/processes.ts';
import { runServer } from '../support/running.ts';
import { found, search } from '../support/secret-search.ts';
import { SECRET } from '../support/server.ts';

onEachDatabase('H1 the database after a day', (database) => {
  withProcesses();
  const server = runServer(database, { LOGIN_THROTTLE: 'on' });
  let record: DayRecord;
  let values: Buffer;
  let files: Buffer[];
  beforeAll(async () => {
    const day = new Day(server().url, database());
    await day.play();
    record = day.record;
    await playOperator(database(), record);
    await playService(server().url, database(), record);
    values = await valuesOf(database());
    files = await filesOf(database());
  }, 300_000);

  it('holds none of the secrets that were used or issued, in whatever spelling, in no value and in no file', () => {
    expect(record.secrets.length).toBeGreaterThan(50);
    const secretsIn = search(record.secrets);
    expect([values, ...files].flatMap(secretsIn)).toEqual([]);
  });

  it('would show one that it did hold: the control of the search', () => {
    for (const haystacks of [[values], files.length === 0 ? [values] : files]) {
      for (const text of ['day-native@example.com', 'Elsewhere/1.0', '$argon2id$']) {
        expect(haystacks.some((haystack) => haystack.includes(text))).toBe(true);
      }
    }
    for (const secret of record.secrets) {
      const [form = Buffer.alloc(0)] = secret.forms;
      for (const planted of [
        form,
        Buffer.from(form.toString('hex').toUpperCase()),
        Buffer.from(Buffer.concat([Buffer.from('x'), form, Buffer.from('y')]).toString('base64')),
        Buffer.from(form.toString('base64url')),
        Buffer.from(secret.text, 'utf16le'),
        createHash('sha256').update(form).digest(),
      ]) {
        expect(found([secret], Buffer.concat([values.subarray(0, 101), planted]))).toEqual([secret.name]);
      }
    }
  });

  it('is looked at whole: every table, and in CI the files of the server too', async () => {
    expect(await tablesOf(database())).toEqual(
      expect.arrayContaining(['users', 'sessions', 'audit_events', 'signing_keys', 'login_buckets']),
    );
    const buckets = await database().query('SELECT * FROM login_buckets');
    expect(buckets.length).toBeGreaterThan(3);
    const mayBeElsewhere = process.env['CI'] !== 'true' || process.env['TEST_MYSQL_URL'] !== undefined;
    if (database().kind === 'sqlite' || !mayBeElsewhere) expect(files.length).toBeGreaterThan(1);
  });

  it('H2 has told nobody a secret: no answer but the one that issues it, no command but the one that shows it', async () => {
    const secretsIn = search([...record.secrets, ...(await storedSecrets(database()))]);
    const told = record.said.map(({ what, bytes }) => ({ what, secrets: secretsIn(bytes) }));
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter(({ secrets }) => secrets.length > 0)).toEqual([]);
  });

  it('has seen every field of the schema and every command', () => {
    const documents = record.documents.join('\n');
    expect(rootFields().filter((name) => !new RegExp(`\\b${name}\\b *[({]`).test(documents))).toEqual([]);
    const played = ['serve', ...record.commands.map((command) => command.replace(' ', '-'))];
    expect(commandFiles().length).toBeGreaterThan(12);
    expect(commandFiles().filter((name) => !played.some((command) => command.startsWith(name)))).toEqual([]);
  });

  it('holds no hash of a refresh token that could be looked up: only what every token of a session shares', async () => {
    const columns = Object.keys((await database().query('SELECT * FROM sessions LIMIT 1'))[0] ?? {});
    expect(columns.filter((name) => /token|hash|mac/.test(name))).toEqual([]);
    const secrets = await database().query('SELECT secret FROM sessions');
    const texts = secrets.map(({ secret }) => Buffer.from(secret as Buffer).toString('hex'));
    expect(texts.every((text) => text.length === 64)).toBe(true);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('A14 holds passwords as argon2id of at least m=19 MiB, t=2, p=1, each with a salt of its own', async () => {
    const users = await database().query('SELECT password_hash FROM users WHERE email IS NOT NULL');
    const hashes = users.map((row) => String(row['password_hash']));
    expect(hashes.length).toBeGreaterThan(2);
    for (const hash of hashes)
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
    expect(new Set(hashes.map((hash) => hash.split('$')[4])).size).toBe(hashes.length);
  });

  it('holds private keys encrypted, and PORTCULLIS_SECRET itself is not the key', async () => {
    const keys = await database().query('SELECT * FROM signing_keys');
    expect(keys).toHaveLength(2);
    for (const row of keys) {
      const jwe = String(row['encrypted_private_jwk']);
      const header = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString());
      expect(header).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
      expect(Object.keys(JSON.parse(String(row['public_jwk'])))).not.toContain('d');
      const guess = Buffer.from(SECRET, 'base64').subarray(0, 32);
      await expect(compactDecrypt(jwe, guess)).rejects.toThrow();
      await expect(compactDecrypt(jwe, Buffer.alloc(32))).rejects.toThrow();
    }
  });

  it('knows the sessions of the day by their ids: what is searched is the day’s database', async () => {
    const [row] = await database().query("SELECT id FROM sessions WHERE device_name = 'other'");
    const hex = Buffer.from(row?.['id'] as Buffer).toString('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    expect(values.includes(idBytes(id))).toBe(true);
  });
});

describe('H1 the files of a first start, which makes its own secret and password', () => {
  withProcesses();

  it('hold neither of them, but for the one file that is there for the secret', async () => {
    const cwd = newFolder();
    const server = startServe({ cwd });
    const url = await server.ready();
    const [, password = ''] = /^ {2}Password +(\S+)/m.exec(server.stdout) ?? [];
    const tokens = await login(url, { email: 'admin@example.com', password });
    const data = join(cwd, 'data');
    const secret = readFileSync(join(data, 'portcullis.sqlite.secret'), 'utf8').trim();
    const record = new DayRecord();
    record.keep('the generated password', password);
    record.keep('the generated secret', secret, Buffer.from(secret, 'base64'));
    record.keepAccessToken(tokens.accessToken);
    record.keepRefreshToken(tokens.refreshToken);
    const files = readdirSync(data).filter((name) => !name.endsWith('.secret'));
    expect(files).toEqual(expect.arrayContaining(['portcullis.sqlite', 'portcullis.sqlite-wal']));
    const contents = Buffer.concat(files.map((name) => readFileSync(join(data, name))));
    expect(contents.includes('admin@example.com')).toBe(true);
    expect(found(record.secrets, contents)).toEqual([]);
  });
});

/** What a client may ask for at the root. */
function rootFields(): string[] {
  const types = [...readText('schema.graphql').matchAll(/^type (?:Query|Mutation) \{(.*?)^\}/gms)];
  return types.flatMap(([, body = '']) =>
    [...body.matchAll(/^ {2}(\w+)[(:]/gm)].flatMap(([, name]) => name ?? []),
  );
}

/** `user-create` is `user create`: one file for each command. */
function commandFiles(): string[] {
  const names = readdirSync(join(ROOT, 'src/cli')).filter(
    (name) => name.endsWith('.ts') && name !== 'portcullis.ts',
  );
  return names
    .filter((name) => /\.command\('/.test(readText(`src/cli/${name}`)))
    .map((name) => name.slice(0, -3));
}
