import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadinessCheck } from '../http/router.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Database } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';

/** Milliseconds after which a database that does not answer is not ready. */
const LIMIT = 1_000;

/**
 * Whether requests can be served from the database: it answers and has the schema of this version, its keys can be
 * opened with this instance's secrets, and its time is known.
 */
export async function checkReadiness(
  database: Pick<Database, 'pendingMigrations'>,
  keys: Pick<SigningKeys, 'renew'>,
  clock: Pick<DatabaseClock, 'isSure'>,
): Promise<ReadinessCheck[]> {
  try {
    const late = sleep(LIMIT, undefined, { ref: false });
    const checks = Promise.all([database.pendingMigrations(), checkKeys(keys)]);
    const found = await Promise.race([checks, late]);
    if (found === undefined) return [{ name: 'database', ok: false, detail: 'does not answer' }];
    const [pending, keysCheck] = found;
    return [
      { name: 'database', ok: true },
      { name: 'migrations', ok: !pending },
      keysCheck,
      checkClock(clock),
    ];
  } catch {
    return [{ name: 'database', ok: false, detail: 'not reachable' }];
  }
}

async function checkKeys(keys: Pick<SigningKeys, 'renew'>): Promise<ReadinessCheck> {
  const detail = 'cannot be opened: is PORTCULLIS_SECRET that of the other instances?';
  return keys.renew().then(
    () => ({ name: 'keys', ok: true }),
    () => ({ name: 'keys', ok: false, detail }),
  );
}

function checkClock(clock: Pick<DatabaseClock, 'isSure'>): ReadinessCheck {
  const detail = "not compared with the database's for too long";
  return clock.isSure() ? { name: 'clock', ok: true } : { name: 'clock', ok: false, detail };
}
