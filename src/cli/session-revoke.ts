import type { Command } from 'commander';
import { endOne } from '../sessions/revoke-sessions.ts';
import type { Session } from '../sessions/session.ts';
import { CommandFailure } from './command-failure.ts';
import { formatTime } from './format-time.ts';
import { OPERATOR } from './operator.ts';
import { parseSessionId } from './parse-session-id.ts';
import { printJson, printText } from './print.ts';
import { sessionRecord } from './session-record.ts';
import { withDatabase } from './with-database.ts';

export function addSessionRevoke(session: Command): void {
  session
    .command('revoke')
    .description('End one session: its access tokens and its refresh token are refused from now on.')
    .argument('<session>', 'id of the session', parseSessionId)
    .option('--json', 'print JSON: the session as it is now')
    .addHelpText(
      'after',
      `
One that has ended already stays as it is.

Example:
  portcullis session revoke 0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a`,
    )
    .action(sessionRevoke);
}

async function sessionRevoke(id: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async ({ sessions }) => {
    const named = await sessions.find(id);
    if (named === undefined) throw new CommandFailure(`There is no session ${id}.`);
    const { session } = await endOne({ store: sessions }, named, 'REVOKED_BY_ADMIN', OPERATOR);
    if (json) printJson(sessionRecord(session));
    else printText(endedLine(session));
  });
}

function endedLine({ id, endedAt, endReason }: Session): string {
  return `Session ${id} ended at ${formatTime(endedAt ?? 0)} (UTC): ${endReason}`;
}
