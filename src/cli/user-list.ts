import { type Command, InvalidArgumentError } from 'commander';
import type { User } from '../accounts/user.ts';
import { isUuid } from '../tokens/uuid.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatTime } from './format-time.ts';
import { printJson, printText, stdoutWidth } from './print.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

const LARGEST_PAGE = 1_000;

interface Options {
  readonly limit: number;
  readonly after?: string;
  readonly json?: true;
}

export function addUserList(user: Command): void {
  user
    .command('list')
    .description('List the accounts, oldest first.')
    .option('--limit <number>', `at most so many, up to ${LARGEST_PAGE}`, parseLimit, 50)
    .option('--after <id>', 'go on after the account with this id', parseId)
    .option('--json', 'print JSON: a list of accounts')
    .addHelpText(
      'after',
      `
Examples:
  portcullis user list
  portcullis user list --limit 1000 --json | jq -r '.[].email'`,
    )
    .action(userList);
}

async function userList({ limit, after, json }: Options): Promise<void> {
  await withDatabase(async ({ users }) => {
    // One more than is shown tells whether there are more.
    const found = await users.list(limit + 1, after);
    const page = found.slice(0, limit);
    if (json) return printJson(page.map(userRecord));
    if (page.length === 0) return printText('There are no accounts.');
    printText(formatTable(COLUMNS, page, stdoutWidth()));
    const last = page.at(-1);
    if (found.length > limit && last) printText(`\nThere are more: portcullis user list --after ${last.id}`);
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

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LARGEST_PAGE)
    throw new InvalidArgumentError(`It must be from 1 to ${LARGEST_PAGE}.`);
  return limit;
}

function parseId(text: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new InvalidArgumentError('It must be the id of an account.');
  return id;
}
