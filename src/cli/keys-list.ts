import type { Command } from 'commander';
import { statesAt } from '../keys/key-state.ts';
import type { RotatedKey } from '../keys/rotate-signing-key.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatTime } from './format-time.ts';
import { keyRecord } from './key-record.ts';
import { printJson, printText, stdoutWidth } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addKeysList(keys: Command): void {
  keys
    .command('list')
    .description('List the keys that sign or have signed access tokens, newest first.')
    .option('--json', 'print JSON: a list of keys')
    .addHelpText(
      'after',
      `
NEXT is published and does not sign yet, ACTIVE signs, RETIRING verifies until
its last token has expired, REVOKED does neither. A key is deleted when its last
token has expired.

Example:
  portcullis keys list`,
    )
    .action(keysList);
}

async function keysList({ json }: { json?: true }): Promise<void> {
  await withDatabase(async ({ signingKeys, database }) => {
    const [{ keys }, now] = await Promise.all([signingKeys.load(), database.now()]);
    const listed = statesAt(keys, now);
    if (json) printJson(listed.map(keyRecord));
    else if (listed.length > 0) printText(formatTable(COLUMNS, listed, stdoutWidth()));
    else printText('There is no key yet: the first start makes one.');
  });
}

const COLUMNS: readonly Column<RotatedKey>[] = [
  { title: 'ID', text: ({ key }) => key.kid },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'SIGNS FROM (UTC)', text: ({ key }) => formatTime(key.activeFrom) },
  {
    title: 'LAST TOKEN UNTIL (UTC)',
    text: ({ key }) => (key.expiresAt === null ? '' : formatTime(key.expiresAt)),
  },
];
