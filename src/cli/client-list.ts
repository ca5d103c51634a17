import type { Command } from 'commander';
import type { Client } from '../oauth/client.ts';
import { clientRecord } from './client-record.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatTime } from './format-time.ts';
import { printJson, printText, stdoutWidth } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addClientList(client: Command): void {
  client
    .command('list')
    .description('List the credentials of services, oldest first; never their secrets.')
    .option('--json', 'print JSON: a list of credentials')
    .addHelpText(
      'after',
      `
LAST USED is kept to the hour.

Example:
  portcullis client list`,
    )
    .action(clientList);
}

async function clientList({ json }: { json?: true }): Promise<void> {
  await withDatabase(async ({ clients }) => {
    const listed = await clients.list();
    if (json) printJson(listed.map(clientRecord));
    else if (listed.length > 0) printText(formatTable(COLUMNS, listed, stdoutWidth()));
    else printText('No service has a credential.');
  });
}

function timeOrNone(ms: number | null): string {
  return ms === null ? '' : formatTime(ms);
}

const COLUMNS: readonly Column<Client>[] = [
  { title: 'CLIENT ID', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name, folds: true },
  { title: 'CREATED (UTC)', text: ({ createdAt }) => formatTime(createdAt) },
  { title: 'LAST USED (UTC)', text: ({ lastUsedAt }) => timeOrNone(lastUsedAt) },
  { title: 'REVOKED (UTC)', text: ({ revokedAt }) => timeOrNone(revokedAt) },
];
