import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DEFAULT_ADMIN_EMAIL } from '../../settings/load.ts';
import { secretPath } from '../../settings/secret-file.ts';
import type { SettingValues } from '../../settings/table.ts';
import { type Finding, ok, problem } from './finding.ts';

/** What the first start will do where there is no SQLite file yet, or why it cannot. */
export function firstStart(path: string, values: Partial<SettingValues>): Finding[] {
  const steps = [
    'makes it',
    'migrates it',
    'makes a signing key',
    ...(values.PORTCULLIS_SECRET === undefined ? [secretStep(path)] : []),
    ...adminStep(values),
  ];
  const coming = ok('database', `${path} does not exist yet. The first start ${inWords(steps)}.`);
  return [coming, ...unwritable(nearestFolder(path))];
}

function secretStep(path: string): string {
  return existsSync(secretPath(path))
    ? `reads the secret in ${secretPath(path)}`
    : `generates a secret in ${secretPath(path)}`;
}

function adminStep(values: Partial<SettingValues>): string[] {
  const { NODE_ENV, BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password } = values;
  if (NODE_ENV === 'production' && (email === undefined || password === undefined)) return [];
  const how = password === undefined ? ', and prints a generated password' : '';
  return [`makes the first admin, ${email ?? DEFAULT_ADMIN_EMAIL}${how}`];
}

function inWords(steps: readonly string[]): string {
  return `${steps.slice(0, -1).join(', ')} and ${steps.at(-1)}`;
}

function nearestFolder(path: string): string {
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

function unwritable(folder: string): Finding[] {
  const mend = 'Let the user that runs the server write there, or set DATABASE_URL.';
  if (!statSync(folder).isDirectory()) return [problem('database', `${folder} is no folder.`, mend)];
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return [];
  } catch {
    return [problem('database', `it cannot be made: this user may not write to ${folder}.`, mend)];
  }
}
