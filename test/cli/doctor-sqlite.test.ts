import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFileSystem } from '../../src/cli/doctor/check-files.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import { complaintAbout, complaints, doctor } from '../support/doctor.ts';
import { newFolder, startServe, withProcesses } from '../support/processes.ts';
import { startTestServer } from '../support/server.ts';

/** What development lets pass, and production would not. */
const ONLY_DEVELOPMENT = ['warning PORTCULLIS_SECRET', 'warning ISSUER'];

const DATABASE = 'data/portcullis.sqlite';

/** Every file under a folder with its bytes; the index of a journal holds the locks of its readers as well. */
function files(cwd: string): Record<string, string> {
  const names = readdirSync(cwd, { recursive: true, encoding: 'utf8' });
  const found = names.filter((name) => statSync(join(cwd, name)).isFile());
  return Object.fromEntries(
    found.map((name) => [name, name.endsWith('-shm') ? '' : readFileSync(join(cwd, name), 'base64')]),
  );
}

describe('doctor and the files of SQLite', () => {
  withProcesses();
  const env = { PORT: '0' };

  it('says in an empty folder what the first start will do, and makes nothing', async () => {
    const cwd = newFolder();
    const { status, findings } = await doctor(env, { cwd });
    expect(findings.find(({ subject }) => subject === 'database')).toMatchObject({
      level: 'ok',
      what:
        `${DATABASE} does not exist yet. The first start makes it, migrates it, makes a signing key, ` +
        `generates a secret in ${DATABASE}.secret and makes the first admin, admin@example.com, and prints a generated password.`,
    });
    expect(complaints(findings)).toEqual(ONLY_DEVELOPMENT);
    expect([status, readdirSync(cwd)]).toEqual([0, []]);
  });

  it.each<[string, NodeJS.Signals | undefined]>([
    ['beside a running server', undefined],
    ['after its end', 'SIGTERM'],
    ['after its death, with the journal that it left', 'SIGKILL'],
  ])('leaves every byte as it is %s', async (_, signal) => {
    const cwd = newFolder();
    const server = startServe({ cwd });
    await server.ready();
    if (signal !== undefined) server.kill(signal);
    if (signal !== undefined) await server.exited;
    expect(existsSync(join(cwd, `${DATABASE}-wal`))).toBe(signal !== 'SIGTERM');

    const before = files(cwd);
    const { status, findings } = await doctor(env, { cwd });
    expect({ status, complaints: complaints(findings) }).toEqual({
      status: 0,
      complaints: ONLY_DEVELOPMENT,
    });
    expect(files(cwd)).toEqual(before);
  });
});

describe('doctor and a SQLite file that', () => {
  withProcesses();
  let path = '';
  const env = () => ({ PORT: '0', DATABASE_URL: `sqlite:${path}` });
  const look = () => examine(env(), undefined);
  const fine = async () => expect(complaints(await look())).toEqual(ONLY_DEVELOPMENT);

  beforeEach(async () => {
    path = join(newFolder(), 'db.sqlite');
    const server = await startTestServer({ url: `sqlite:${path}` }, { PORTCULLIS_SECRET: '' });
    await server.stop();
    await fine();
  });

  it('has lost its secret: no start would survive it', async () => {
    const secret = readFileSync(`${path}.secret`);
    rmSync(`${path}.secret`);
    const findings = await look();
    expect(complaintAbout(findings, 'secret')).toMatchObject({
      level: 'problem',
      what: expect.stringContaining(`${path}.secret with the secret that decrypts them is not there`),
      mend: expect.stringContaining('Restore it from the backup'),
    });
    expect(existsSync(`${path}.secret`)).toBe(false);
    writeFileSync(`${path}.secret`, secret, { mode: 0o600 });
    await fine();
  });

  it('has a damaged secret, which is not printed', async () => {
    writeFileSync(`${path}.secret`, 'half-a-secr');
    const findings = await look();
    expect(complaintAbout(findings, 'secret').what).toContain('is damaged');
    expect(JSON.stringify(findings)).not.toContain('half-a-secr');
  });

  it.each(['', '.secret'])('other users can read: the file%s', async (suffix) => {
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path + suffix, mode);
      expect(complaintAbout(await look(), 'files')).toMatchObject({
        level: 'problem',
        what: `${path}${suffix} is open to other users: its mode is 0${mode.toString(8)}.`,
        mend: `chmod 600 '${path}${suffix}'`,
      });
    }
    chmodSync(path + suffix, 0o600);
    await fine();
  });

  it('is no database', async () => {
    const notes = 'These are notes and no database.\n'.repeat(100);
    writeFileSync(path, notes);
    expect(complaintAbout(await look(), 'database')).toMatchObject({
      level: 'problem',
      what: expect.stringContaining('file is not a database'),
      mend: expect.stringContaining('Set DATABASE_URL to another file'),
    });
    expect(readFileSync(path, 'utf8')).toBe(notes);
  });

  it('is a folder, or lies in something that is none', async () => {
    for (const name of ['.', 'db.sqlite/db.sqlite']) {
      const url = `sqlite:${join(path, '..', name)}`;
      const findings = await examine({ ...env(), DATABASE_URL: url }, undefined);
      expect(complaints(findings)).toContain('problem database');
    }
  });

  it('keeps a journal of another kind, which the next start changes', async () => {
    const bytes = readFileSync(path);
    // Bytes 18 and 19: 1 for a rollback journal, 2 for WAL.
    expect([bytes[18], bytes[19]]).toEqual([2, 2]);
    bytes.fill(1, 18, 20);
    writeFileSync(path, bytes);
    expect(complaintAbout(await look(), 'durability')).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('journal_mode is delete'),
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('doctor and the file system', () => {
  const local = { type: 0xef53n, bavail: 1_000_000n, bsize: 4_096n };

  it('is content with a local disk that has room: the control', () => {
    expect(checkFileSystem(local)).toEqual([
      expect.objectContaining({ level: 'ok', what: '3906 MiB are free.' }),
    ]);
  });

  it.each([
    ['NFS', 0x6969n],
    ['CIFS', 0xff534d42n],
    ['CIFS, with the number as it comes on some machines', -0xacb2ben],
  ])('knows %s', (_, type) => {
    expect(complaints(checkFileSystem({ ...local, type }))).toEqual(['problem disk']);
  });

  it('tells when the room is scarce, and when there is hardly any', () => {
    expect(complaints(checkFileSystem({ ...local, bavail: 200_000n }))).toEqual(['warning disk']);
    expect(complaints(checkFileSystem({ ...local, bavail: 10_000n }))).toEqual(['problem disk']);
  });
});
