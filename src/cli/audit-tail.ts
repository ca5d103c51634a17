import { type Command, Option } from 'commander';
import { AUDIT_EVENT_TYPES, type AuditEventType } from '../audit/event.ts';
import type { AuditEventFilter, RecordedEvent } from '../audit/list-events.ts';
import { tailEvents } from '../audit/tail-events.ts';
import type { Core } from '../core.ts';
import { stopSignal } from '../stop-signal.ts';
import { findUser } from './find-user.ts';
import { type Column, formatTable } from './format-table.ts';
import { formatSecond, isoTime } from './format-time.ts';
import { nameUsers } from './name-users.ts';
import { isOperator } from './operator.ts';
import { LARGEST_LIMIT, parseLimit } from './parse-limit.ts';
import { parseSessionId } from './parse-session-id.ts';
import { printJsonLine, printText, stdoutWidth } from './print.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly follow?: true;
  readonly limit: number;
  readonly user?: string;
  readonly session?: string;
  readonly type?: readonly AuditEventType[];
  readonly json?: true;
}

export function addAuditTail(audit: Command): void {
  audit
    .command('tail')
    .description('Print the newest events of the security log, newest last.')
    .option('--follow', 'go on with new events as they come, until Ctrl-C or SIGTERM')
    .option('--limit <number>', `at most so many, up to ${LARGEST_LIMIT}`, parseLimit, 20)
    .option('--user <user>', 'those that concern a user, by e-mail or id')
    .option('--session <session>', 'those that concern a session', parseSessionId)
    .addOption(new Option('--type <type...>', 'those of one type or several').choices(AUDIT_EVENT_TYPES))
    .option('--json', 'print JSON lines: one event a line')
    .addHelpText(
      'after',
      `
DETAIL says who acted, where it was not the user; the operator is whoever works
at the command line. With --json an event has its session and user agent too.

Examples:
  portcullis audit tail --user ada@example.com
  portcullis audit tail --follow --type LOGIN_FAILED REFRESH_TOKEN_REUSED
  portcullis audit tail --limit 1000 --json | jq .type | sort | uniq -c`,
    )
    .action(auditTail);
}

async function auditTail({ follow, limit, user, session, type, json }: Options): Promise<void> {
  const stop = follow ? stopped() : AbortSignal.abort();
  await withDatabase(async (core) => {
    const userId = user === undefined ? undefined : (await findUser(core, user)).id;
    const filter: AuditEventFilter = { userId, sessionId: session, types: type };
    const source = { log: core.auditLog, now: () => core.database.now() };
    let first = true;
    for await (const events of tailEvents(source, filter, limit, stop)) {
      if (json) for (const event of events) printJsonLine(eventRecord(event));
      else if (events.length > 0) printText(await eventTable(core, events, first));
      else if (!follow) printText('There are no such events.');
      first = false;
    }
  });
}

/** Aborts when the operator has seen enough: Ctrl-C, or a pipe that nobody reads any more. */
function stopped(): AbortSignal {
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  process.stdout.once('error', () => stop.abort());
  return stop.signal;
}

/** An event as it is printed in JSON; the names are those of the GraphQL type. */
function eventRecord({ id, at, ...event }: RecordedEvent): object {
  return { id, at: isoTime(at), ...event };
}

async function eventTable(core: Core, events: readonly RecordedEvent[], headings: boolean): Promise<string> {
  const name = await nameUsers(
    core,
    events.flatMap(({ userId, actorId }) => [userId, actorId]),
  );
  const columns: readonly Column<RecordedEvent>[] = [
    { title: 'TIME (UTC)', text: ({ at }) => formatSecond(at) },
    // As wide as the widest, so that what --follow prints stays in line.
    { title: 'EVENT', text: ({ type }) => type.padEnd(WIDEST_TYPE) },
    { title: 'USER', text: ({ userId }) => name(userId), folds: true },
    { title: 'ADDRESS', text: ({ ipAddress }) => ipAddress ?? '', folds: true },
    { title: 'DETAIL', text: (event) => detailOf(event, name), folds: true },
  ];
  return formatTable(columns, events, stdoutWidth(), { headings });
}

function detailOf(event: RecordedEvent, name: (id: string | null) => string): string {
  const { detail, actorId, userId } = event;
  const actor = isOperator(event) ? 'the operator' : actorId === userId ? '' : name(actorId);
  // Who acted comes first: a detail may hold what an admin wrote, and must not name another one.
  return [actor && `by ${actor}`, detail ?? ''].filter((part) => part !== '').join(': ');
}

const WIDEST_TYPE = Math.max(...AUDIT_EVENT_TYPES.map((type) => type.length));
