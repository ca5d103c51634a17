import type { Command } from 'commander';
import { revokeAllForUser } from '../sessions/revoke-sessions.ts';
import { countSessions } from './count-sessions.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addRevokeAll(portcullis: Command): void {
  portcullis
    .command('revoke-all')
    .description(
      'End every session of a user: every token that the user was ever issued is refused from now on.',
    )
    .argument('<user>', 'e-mail or id of the user')
    .option('--json', 'print JSON: {"userId", "revokedCount"}')
    .addHelpText(
      'after',
      `
The user can log in again: the account and its password stay as they are.

Example:
  portcullis revoke-all ada@example.com`,
    )
    .action(revokeAll);
}

async function revokeAll(named: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core) => {
    const user = await findUser(core, named);
    const revokedCount = await revokeAllForUser({ store: core.sessions }, user.id, OPERATOR);
    if (json) return printJson({ userId: user.id, revokedCount });
    printText(`Ended ${countSessions(revokedCount)} of ${user.email ?? user.id}`);
  });
}
