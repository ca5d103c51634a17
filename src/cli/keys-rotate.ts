import type { Command } from 'commander';
import { type RotatedKey, replaceSigningKeys, rotateSigningKey } from '../keys/rotate-signing-key.ts';
import { resolveSecrets } from '../settings/resolve-secrets.ts';
import { formatSecond } from './format-time.ts';
import { keyRecord } from './key-record.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly revokePrevious?: true;
  readonly json?: true;
}

export function addKeysRotate(keys: Command): void {
  keys
    .command('rotate')
    .description('Make a new key that signs access tokens, in time for every verifier to know it.')
    .option('--revoke-previous', 'sign with it at once; every access token issued before is refused')
    .option('--json', 'print JSON: the new key')
    .addHelpText(
      'after',
      `
Nobody is signed out. The new key signs two minutes after it was published, and
the one before it verifies until its last token has expired. With
--revoke-previous, for a key that may have been stolen, clients refresh once.

PORTCULLIS_SECRET must be that of the servers: the new key is encrypted under it.

Examples:
  portcullis keys rotate
  portcullis keys rotate --revoke-previous`,
    )
    .action(keysRotate);
}

async function keysRotate({ revokePrevious, json }: Options): Promise<void> {
  await withDatabase(async ({ signingKeys }, settings) => {
    const services = { store: signingKeys, secrets: resolveSecrets(settings).secrets };
    const rotate = revokePrevious ? replaceSigningKeys : rotateSigningKey;
    const rotated = await rotate(services, OPERATOR);
    if (json) printJson(keyRecord(rotated));
    else printText(rotatedLine(rotated));
  });
}

function rotatedLine({ key, state }: RotatedKey): string {
  if (state === 'ACTIVE') return `Key ${key.kid} signs from now on; all others are revoked.`;
  return `Key ${key.kid} is published and signs from ${formatSecond(key.activeFrom)} (UTC) on.`;
}
