import type { Command } from 'commander';
import { normalizeEmail } from '../accounts/email.ts';
import type { User } from '../accounts/user.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatTime } from './format-time.ts';
import { LARGEST_LIMIT, parseLimit } from './parse-limit.ts';
import { printJson, printText, stdoutWidth } from './print.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly limit: number;
  readonly search: string;
  readonly after?: string;
  readonly json?: true;
}

export function addUserList(user: Command): void {
  user
    .command('list')
    .description('List the accounts, by e-mail.')
    .option('--search <prefix>', 'those whose e-mail begins so', '')
    .option('--limit <number>', `at most so many, up to ${LARGEST_LIMIT}`, parseLimit, 50)
    .option('--after <e-mail>', 'go on after this e-mail')
    .option('--json', 'print JSON: a list of accounts')
    .addHelpText(
      'after',
      `
Examples:
  portcullis user list --search ada
  portcullis user list --limit 1000 --json | jq -r '.[].email'`,
    )
    .action(userList);
}

async function userList({ limit, search, after, json }: Options): Promise<void> {
  await withDatabase(async ({ users }) => {
    const page = { first: limit, after: after === undefined ? undefined : [normalizeEmail(after)] };
    const { items, hasNextPage } = await users.list(normalizeEmail(search), page);
    const found = items.map(({ item }) => item);
    if (json) return printJson(found.map(userRecord));
    if (found.length === 0) return printText('There are no accounts.');
    printText(formatTable(COLUMNS, found, stdoutWidth()));
    if (hasNextPage) printText(`\nThere are more: portcullis user list --after ${found.at(-1)?.email}`);
  });
}

const COLUMNS: readonly Column<User>[] = [
  { title: 'ID', text: (user) => user.id },
  { title: 'E-MAIL', text: (user) => user.email ?? '', folds: true },
  // ADMIN implies USER, and 80 columns are few.
  { title: 'ROLE', text: ({ roles }) => (roles.includes('ADMIN') ? 'ADMIN' : 'USER') },
  { title: 'STATUS', text: (user) => user.status },
  { title: 'CREATED', text: (user) => formatTime(user.createdAt).slice(0, 10) },
];
