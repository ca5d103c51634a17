import type { Command } from 'commander';
import { normalizeEmail } from '../accounts/email.ts';
import { type Unlocking, unlockAccount } from '../accounts/unlock-account.ts';
import type { Core } from '../core.ts';
import { isUuid } from '../tokens/uuid.ts';
import { findUser } from './find-user.ts';
import { printJson, printText } from './print.ts';
import { serverBucketNames } from './server-bucket-names.ts';
import { withDatabase } from './with-database.ts';

export function addUserUnlock(user: Command): void {
  user
    .command('unlock')
    .description('Forget the failed logins of an account, so that it can be logged in to at once.')
    .argument('<user>', 'e-mail or id of the user')
    .option('--json', 'print JSON: {"email", "userId", "unlocked"}')
    .addHelpText(
      'after',
      `
For an account at which somebody guessed: its owner need not wait on a new
device. An e-mail without an account can be unlocked too. An address that failed
too often, at whichever account, stays limited for five minutes.

Needs the PORTCULLIS_SECRET of the server, under which the counters are kept.

Example:
  portcullis user unlock ada@example.com`,
    )
    .action(userUnlock);
}

async function userUnlock(named: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async (core, settings) => {
    const names = await serverBucketNames(core, settings);
    const subject = await subjectOf(core, named);
    const unlocked = await unlockAccount(core.loginBuckets, names, subject);
    if (json) return printJson({ ...subject, unlocked });
    const { email } = subject;
    printText(
      unlocked
        ? `Unlocked ${email}: its failed logins are forgotten.`
        : `${email} has no failed logins that count.`,
    );
  });
}

async function subjectOf(core: Core, named: string): Promise<Unlocking> {
  if (isUuid(named.toLowerCase())) {
    const { id, email } = await findUser(core, named);
    return { email: email ?? '', userId: id };
  }
  const email = normalizeEmail(named);
  return { email, userId: (await core.users.findByEmail(email))?.id ?? null };
}
