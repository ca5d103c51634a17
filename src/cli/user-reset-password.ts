import type { Command } from 'commander';
import { resetPassword } from '../lifecycle/reset-password.ts';
import { countSessions } from './count-sessions.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { serverBucketNames } from './server-bucket-names.ts';
import { withDatabase } from './with-database.ts';

export function addUserResetPassword(user: Command): void {
  user
    .command('reset-password')
    .description('Give an account a generated password, printed once, and end all its sessions.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--json', 'print JSON: {"userId", "password", "revokedCount"}')
    .addHelpText(
      'after',
      `
For an account that was taken over, or a password that was forgotten: the old
password and every token are refused from now on. Hand the new one over on a
way that the thief does not share; its owner should change it.

Needs the PORTCULLIS_SECRET of the server: addresses that signed in with the old
password become strangers to the account again.

Example:
  portcullis user reset-password ada@example.com`,
    )
    .action(userResetPassword);
}

async function userResetPassword(named: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core, settings) => {
    const bucketNames = await serverBucketNames(core, settings);
    const { id, email } = await findUser(core, named);
    const services = { accounts: core.accounts, store: core.sessions, bucketNames };
    const { password, endedSessions } = await resetPassword(services, id, OPERATOR);
    if (json) return printJson({ userId: id, password, revokedCount: endedSessions });
    printText(`Reset the password of ${email} and ended ${countSessions(endedSessions)}`);
    printText(`Password: ${password}   (shown this once)`);
  });
}
