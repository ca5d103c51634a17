import type { Command } from 'commander';
import { setUserStatus } from '../lifecycle/set-user-status.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

export function addUserActivate(user: Command): void {
  user
    .command('activate')
    .description('Let a suspended account log in again; the sessions that were ended stay ended.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--json', 'print JSON: the account as it is now')
    .addHelpText(
      'after',
      `
Example:
  portcullis user activate ada@example.com`,
    )
    .action(userActivate);
}

async function userActivate(named: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core) => {
    const { id, status } = await findUser(core, named);
    const change = { userId: id, status: 'ACTIVE', reason: null } as const;
    const user = await setUserStatus(core.lifecycle, change, OPERATOR);
    if (json) return printJson(userRecord(user));
    printText(
      status === 'ACTIVE'
        ? `${user.email} was active already.`
        : `Activated ${user.email}: it can log in again.`,
    );
  });
}
