import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformFileSync } from '@swc/core';
import { loadSettings } from '../../src/settings/load.ts';
import { resolveSecrets } from '../../src/settings/resolve-secrets.ts';
import { readOrCreateSecret } from '../../src/settings/secret-file.ts';

const source = join(__dirname, '../../src/settings');

/** The modules as plain JavaScript, for processes that run outside of jest. */
function transpileInto(folder: string): void {
  mkdirSync(folder);
  for (const name of ['secret-file.ts', 'parse-secrets.ts', 'unusable-value.ts']) {
    const { code } = transformFileSync(join(source, name), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    });
    writeFileSync(
      join(folder, name.replace('.ts', '.mjs')),
      code.replaceAll(".ts'", ".mjs'").replaceAll('.ts"', '.mjs"'),
    );
  }
}

/** Waits for the moment that all processes were given, then makes the secrets of forty databases in a row. */
const RACER = `
import { readOrCreateSecret } from './secret-file.mjs';
const [folder, start] = process.argv.slice(2);
while (Date.now() < Number(start));
const made = Array.from({ length: 40 }, (_, n) => readOrCreateSecret(folder + '/' + n));
console.log(made.map((secret) => Buffer.from(secret).toString('hex')).join());
`;

describe('the generated secret', () => {
  let folder: string;
  let database: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portcullis-secret-'));
    database = join(folder, 'new', 'data', 'auth.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once beside the database, readable by its owner only', () => {
    const secret = readOrCreateSecret(database);
    expect(secret).toHaveLength(32);
    expect(readOrCreateSecret(database)).toEqual(secret);
    expect(statSync(`${database}.secret`).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'new', 'data'))).toEqual(['auth.sqlite.secret']);
  });

  it('is one and the same for processes that start at once', async () => {
    const code = join(folder, 'code');
    transpileInto(code);
    writeFileSync(join(code, 'racer.mjs'), RACER);
    const racer = [join(code, 'racer.mjs'), join(folder, 'data'), String(Date.now() + 1_500)];
    const runs = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, racer));
    const outputs = (await Promise.all(runs)).map((run) => run.stdout.trim());
    expect(new Set(outputs).size).toBe(1);
    expect(new Set(outputs[0]?.split(',')).size).toBe(40);
    expect(readdirSync(join(folder, 'data'))).toHaveLength(40);
  });

  it('differs between databases', () => {
    expect(readOrCreateSecret(database)).not.toEqual(readOrCreateSecret(`${database}2`));
  });

  it.each(['', 'c2hvcnQ=\n', 'not base64 !'])('is never replaced when its file is damaged: %j', (text) => {
    readOrCreateSecret(database);
    writeFileSync(`${database}.secret`, text);
    expect(() => readOrCreateSecret(database)).toThrow(/secret file .*auth\.sqlite\.secret is damaged/);
    expect(readFileSync(`${database}.secret`, 'utf8')).toBe(text);
  });

  it('completes the settings on SQLite, and only where PORTCULLIS_SECRET is not set', () => {
    const DATABASE_URL = `sqlite:${database}`;
    const PORTCULLIS_SECRET = Buffer.alloc(32, 7).toString('base64');
    expect(resolveSecrets(loadSettings({ DATABASE_URL, PORTCULLIS_SECRET })).secrets).toEqual([
      new Uint8Array(32).fill(7),
    ]);
    expect(readdirSync(folder)).toEqual([]);
    expect(resolveSecrets(loadSettings({ DATABASE_URL })).secrets).toEqual([readOrCreateSecret(database)]);
  });
});
