import type { Command } from 'commander';
import { BucketNames } from '../accounts/bucket-names.ts';
import { normalizeEmail } from '../accounts/email.ts';
import { type Unlocking, unlockAccount } from '../accounts/unlock-account.ts';
import type { Core } from '../core.ts';
import { openSigningKey } from '../keys/signing-key.ts';
import { readSecret } from '../settings/secret-file.ts';
import type { Settings } from '../settings/settings.ts';
import { isUuid } from '../tokens/uuid.ts';
import { findUser } from './find-user.ts';
import { printJson, printText } from './print.ts';
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
    const names = new BucketNames(await serverSecrets(core, settings));
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

/**
 * With another secret than the server's nothing would be found, and nothing said.
 *
 * @throws Error that names PORTCULLIS_SECRET, unless it opens the signing keys
 */
async function serverSecrets(core: Core, settings: Settings): Promise<readonly Uint8Array[]> {
  const secrets = settings.secrets.length > 0 ? settings.secrets : embeddedSecret(settings);
  const records = await core.transactions.run([], (tx) => tx.signingKeys());
  await Promise.all(records.map((record) => openSigningKey(record, secrets)));
  return secrets;
}

function embeddedSecret({ database }: Settings): Uint8Array[] {
  const secret = database.kind === 'sqlite' ? readSecret(database.path) : undefined;
  return secret === undefined ? [] : [secret];
}
