import type { Command } from 'commander';
import { deleteUser } from '../lifecycle/delete-user.ts';
import { countSessions } from './count-sessions.ts';
import { findUser } from './find-user.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addUserDelete(user: Command): void {
  user
    .command('delete')
    .description('Delete an account for good and end its sessions; its e-mail is free again.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--json', 'print JSON: {"userId", "revokedCount"}')
    .addHelpText(
      'after',
      `
Nothing is asked before. The id stays, so that the security log keeps its
subject; e-mail, name and password are gone. To keep an account and lock it,
suspend it. The last admin cannot be deleted.

Example:
  portcullis user delete ada@example.com`,
    )
    .action(userDelete);
}

async function userDelete(named: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core) => {
    const { id, email } = await findUser(core, named);
    const revokedCount = await deleteUser(core.lifecycle, id, OPERATOR);
    if (json) printJson({ userId: id, revokedCount });
    else printText(`Deleted ${email}, id ${id}, and ended ${countSessions(revokedCount)}`);
  });
}
