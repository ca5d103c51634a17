import { BucketNames } from '../accounts/bucket-names.ts';
import type { Core } from '../core.ts';
import { openSigningKey } from '../keys/signing-key.ts';
import { readSecret } from '../settings/secret-file.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * The names under which the server counts failed logins. With another secret than the server's nothing would be found,
 * and nothing said.
 *
 * @throws Error that names PORTCULLIS_SECRET, unless it opens the signing keys
 */
export async function serverBucketNames(core: Core, settings: Settings): Promise<BucketNames> {
  const secrets = settings.secrets.length > 0 ? settings.secrets : embeddedSecret(settings);
  const records = await core.transactions.run([], (tx) => tx.signingKeys());
  await Promise.all(records.map((record) => openSigningKey(record, secrets)));
  return new BucketNames(secrets);
}

function embeddedSecret({ database }: Settings): Uint8Array[] {
  const secret = database.kind === 'sqlite' ? readSecret(database.path) : undefined;
  return secret === undefined ? [] : [secret];
}
