import type { Command } from 'commander';
import { setUserStatus } from '../lifecycle/set-user-status.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly reason?: string;
  readonly json?: true;
}

export function addUserSuspend(user: Command): void {
  user
    .command('suspend')
    .description('Suspend an account: its sessions end, and nobody can log in to it.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--reason <text>', 'why, for the security log')
    .option('--json', 'print JSON: the account as it is now')
    .addHelpText(
      'after',
      `
The last admin cannot be suspended.

Example:
  portcullis user suspend ada@example.com --reason "laptop stolen"`,
    )
    .action(userSuspend);
}

async function userSuspend(named: string, { reason, json }: Options): Promise<void> {
  await withDatabase(async (core) => {
    const { id, status } = await findUser(core, named);
    const change = { userId: id, status: 'SUSPENDED', reason: reason ?? null } as const;
    const user = await setUserStatus(core.lifecycle, change, OPERATOR);
    if (json) return printJson(userRecord(user));
    printText(
      status === 'SUSPENDED'
        ? `${user.email} was suspended already.`
        : `Suspended ${user.email}: all its sessions have ended.`,
    );
  });
}
