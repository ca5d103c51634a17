import type { Command } from 'commander';
import type { User } from '../accounts/user.ts';
import type { Core } from '../core.ts';
import { asOf, type Session } from '../sessions/session.ts';
import { findUser } from './find-user.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatTime } from './format-time.ts';
import { nameUsers } from './name-users.ts';
import { printJson, printText, stdoutWidth } from './print.ts';
import { sessionRecord } from './session-record.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly all?: true;
  readonly json?: true;
}

export function addSessionList(session: Command): void {
  session
    .command('list')
    .description('List the live sessions of a user, newest use first.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--all', 'the ended ones too, with who ended them')
    .option('--json', 'print JSON: a list of sessions')
    .addHelpText(
      'after',
      `
BY is empty where the operator ended a session at the command line, and where it
is not known who did.

Examples:
  portcullis session list ada@example.com
  portcullis session list ada@example.com --all --json`,
    )
    .action(sessionList);
}

async function sessionList(named: string, { all, json }: Options): Promise<void> {
  await withDatabase(async (core) => {
    const user = await findUser(core, named);
    const listed = await sessionsOf(core, user, all ?? false);
    if (json) return printJson(listed.map(sessionRecord));
    const columns = all ? [...COLUMNS, ...(await endColumns(core, listed))] : COLUMNS;
    if (listed.length > 0) return printText(formatTable(columns, listed, stdoutWidth()));
    printText(`${user.email ?? user.id} has no ${all ? '' : 'live '}sessions.`);
  });
}

/** With their ends: one at a deadline is computed, and stands in no row. */
async function sessionsOf({ sessions, database }: Core, user: User, all: boolean): Promise<Session[]> {
  const [stored, now] = await Promise.all([sessions.ofUser(user.id, all), database.now()]);
  const judged = stored.map((session) => asOf(session, user.status, now));
  return all ? judged : judged.filter(({ endedAt }) => endedAt === null);
}

const COLUMNS: readonly Column<Session>[] = [
  { title: 'ID', text: (session) => session.id },
  { title: 'DEVICE', text: (session) => session.deviceName ?? session.userAgent ?? '', folds: true },
  { title: 'ADDRESS', text: (session) => session.ipAddress ?? '', folds: true },
  { title: 'LAST SEEN (UTC)', text: (session) => formatTime(session.lastSeenAt) },
];

async function endColumns(core: Core, listed: readonly Session[]): Promise<readonly Column<Session>[]> {
  const name = await nameUsers(
    core,
    listed.map(({ endedBy }) => endedBy),
  );
  return [
    { title: 'ENDED (UTC)', text: ({ endedAt }) => (endedAt === null ? 'live' : formatTime(endedAt)) },
    { title: 'REASON', text: ({ endReason }) => endReason ?? '' },
    { title: 'BY', text: ({ endedBy }) => name(endedBy), folds: true },
  ];
}
