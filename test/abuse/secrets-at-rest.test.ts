import { existsSync, readFileSync } from 'node:fs';
import { compactDecrypt } from 'jose';
import { idBytes, onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { Day, found } from '../support/day.ts';
import { runServer } from '../support/running.ts';
import { SECRET } from '../support/server.ts';

const TABLES = ['users', 'sessions', 'audit_events', 'signing_keys', 'migrations'];

onEachDatabase('H1 the database after a day', (database) => {
  const server = runServer(database);
  let day: Day;
  let dump: Buffer;
  beforeAll(async () => {
    day = new Day(server().url, database());
    await day.play();
    dump = await dumpOf(database());
  });

  it('holds none of the secrets that were used or issued, in whatever spelling', () => {
    expect(day.secrets.length).toBeGreaterThan(25);
    expect(found(day.secrets, dump)).toEqual([]);
  });

  it('would show one that it did hold: the control of the search', async () => {
    for (const text of ['day-native@example.com', 'Elsewhere/1.0', '$argon2id$']) {
      expect(dump.includes(text)).toBe(true);
    }
    for (const secret of day.secrets) {
      const [form = Buffer.alloc(0)] = secret.forms;
      for (const planted of [
        form,
        Buffer.from(form.toString('hex').toUpperCase()),
        Buffer.from(Buffer.concat([Buffer.from('x'), form, Buffer.from('y')]).toString('base64')),
        Buffer.from(form.toString('base64url')),
      ]) {
        expect(found([secret], Buffer.concat([dump.subarray(0, 100), planted]))).toEqual([secret.name]);
      }
    }
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
    const users = await database().query('SELECT password_hash FROM users');
    const hashes = users.map((row) => String(row['password_hash']));
    expect(hashes.length).toBeGreaterThan(2);
    for (const hash of hashes)
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
    expect(new Set(hashes.map((hash) => hash.split('$')[4])).size).toBe(hashes.length);
  });

  it('holds private keys encrypted, and PORTCULLIS_SECRET itself is not the key', async () => {
    const keys = await database().query('SELECT * FROM signing_keys');
    expect(keys).toHaveLength(1);
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
    expect(dump.includes(idBytes(id))).toBe(true);
  });
});

/** Everything there is: each value as bytes and in hexadecimal; of SQLite its files too, with what is only in the WAL. */
async function dumpOf(database: TestDatabase): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const table of TABLES) {
    for (const row of await database.query(`SELECT * FROM ${table}`)) {
      for (const value of Object.values(row)) {
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
        parts.push(bytes, Buffer.from('|'), Buffer.from(bytes.toString('hex')), Buffer.from('|'));
      }
    }
  }
  if (database.kind === 'sqlite') {
    const path = database.url.slice('sqlite:'.length);
    const files = ['', '-wal', '-shm'].map((suffix) => path + suffix).filter(existsSync);
    parts.push(...files.map((file) => readFileSync(file)));
  }
  return Buffer.concat(parts);
}
