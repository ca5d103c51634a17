import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { base64Bytes, SECRET_BYTES } from './parse-secrets.ts';

/**
 * The secret of an embedded database when PORTCULLIS_SECRET is not set: `<database file>.secret` beside it, base64,
 * mode 0600, generated at the first start. Processes that start at once all get the same one. Missing folders are made.
 * @throws Error when the file is there but holds no secret: a new one would make the signing keys unreadable and
 *   sign everybody out, so that is the operator's decision
 */
export function readOrCreateSecret(databasePath: string): Uint8Array {
  return readSecret(databasePath) ?? create(secretPath(databasePath));
}

export function secretPath(databasePath: string): string {
  return `${databasePath}.secret`;
}

/**
 * @returns undefined when there is no secret file
 * @throws Error when it holds no secret
 */
export function readSecret(databasePath: string): Uint8Array | undefined {
  return read(secretPath(databasePath));
}

function read(path: string): Uint8Array | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const secret = base64Bytes(text.trim());
  if (secret !== undefined && secret.length >= SECRET_BYTES) return secret;
  throw new Error(
    `The secret file ${path} is damaged: it must hold ${SECRET_BYTES} bytes or more in base64. Restore it from a backup. ` +
      'Without it the stored signing keys cannot be read and every refresh token is void.',
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** `link` puts the complete, synced file under its name or fails because another process was first. */
function create(path: string): Uint8Array {
  const secret = randomBytes(SECRET_BYTES);
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeDurably(draft, `${secret.toString('base64')}\n`);
  try {
    linkSync(draft, path);
    syncFolder(dirname(path));
    return new Uint8Array(secret);
  } catch (error) {
    const theirs = isCode(error, 'EEXIST') ? read(path) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    unlinkSync(draft);
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name is durable once its folder is synced; a lost secret file would void what was issued under it. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
