import { KeyRing, type KeySet } from '../../keys/key-ring.ts';
import { readSecret, secretPath } from '../../settings/secret-file.ts';
import type { SettingValues } from '../../settings/table.ts';
import { type Finding, ok, problem } from './finding.ts';

/** The secrets that a start would use, and what is wrong with where they come from. */
export interface FoundSecrets {
  /** Undefined where they are there and cannot be read. */
  readonly secrets: readonly Uint8Array[] | undefined;
  readonly findings: readonly Finding[];
}

const RESTORE = 'Restore it from the backup.';

/** Where all secrets are lost (docs/operations.md). */
const LAST_RESORT =
  'If it is lost for good, delete the rows of signing_keys: a new key is made at the next start, and everybody logs in again.';

export function findSecrets({ PORTCULLIS_SECRET, DATABASE_URL }: Partial<SettingValues>): FoundSecrets {
  if (PORTCULLIS_SECRET !== undefined)
    return { secrets: PORTCULLIS_SECRET, findings: [given(PORTCULLIS_SECRET)] };
  if (DATABASE_URL?.kind !== 'sqlite') return { secrets: [], findings: [] };
  try {
    const secret = readSecret(DATABASE_URL.path);
    return { secrets: secret === undefined ? [] : [secret], findings: [] };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { secrets: undefined, findings: [problem('secret', what, `${RESTORE} ${LAST_RESORT}`)] };
  }
}

function given({ length }: readonly Uint8Array[]): Finding {
  const change = length === 1 ? '' : `; ${length} secrets, so a change of it is under way`;
  return ok('secret', `PORTCULLIS_SECRET is set${change}.`);
}

/**
 * Whether the secrets decrypt what is stored.
 *
 * @param now milliseconds of the database's clock
 * @param databasePath of SQLite, beside which a generated secret lies
 */
export async function checkKeys(
  stored: KeySet,
  now: number,
  secrets: FoundSecrets['secrets'],
  databasePath: string | undefined,
): Promise<Finding[]> {
  if (stored.keys.length === 0 || secrets === undefined) return [];
  if (secrets.length === 0) return databasePath === undefined ? [] : [lost(secretPath(databasePath))];
  try {
    const ring = await KeyRing.open(stored, secrets);
    return [ok('signing keys', `can be decrypted; ${ring.signingKey(now).kid} signs.`)];
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const mend = `Set PORTCULLIS_SECRET to the secret that this database was last used with. ${LAST_RESORT}`;
    return [problem('signing keys', what, mend)];
  }
}

function lost(path: string): Finding {
  const what = `the database holds signing keys, and ${path} with the secret that decrypts them is not there: the next start would make another, and fail.`;
  return problem('secret', what, `${RESTORE} Or set PORTCULLIS_SECRET. ${LAST_RESORT}`);
}
