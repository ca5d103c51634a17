import { Argument, type Command } from 'commander';
import { ROLES, type Role } from '../accounts/user.ts';
import { setUserRoles } from '../lifecycle/set-user-roles.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

export function addUserRoles(user: Command): void {
  user
    .command('roles')
    .description('Give an account exactly these roles, and USER, which everybody has.')
    .argument('<user>', 'e-mail or id of the user')
    .addArgument(new Argument('<role...>', 'one role or several').choices(ROLES))
    .option('--json', 'print JSON: the account as it is now')
    .addHelpText(
      'after',
      `
The sessions go on: clients refresh their access tokens and have the new roles.
The last admin cannot be demoted.

Examples:
  portcullis user roles ada@example.com ADMIN
  portcullis user roles ada@example.com USER`,
    )
    .action(userRoles);
}

async function userRoles(named: string, roles: readonly Role[], { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core) => {
    const { id } = await findUser(core, named);
    const user = await setUserRoles(core.lifecycle, id, roles, OPERATOR);
    if (json) printJson(userRecord(user));
    else printText(`The roles of ${user.email} are now: ${user.roles.join(', ')}`);
  });
}
