import type { AuditEvent, RequestOrigin } from '../audit/event.ts';
import { LAST_TOKEN, PUBLICATION_LEAD, type SigningKeyState, statesAt } from './key-state.ts';
import type { PreparationTransaction } from './prepare-keys.ts';
import { generateSigningKey, openSigningKey, type StoredSigningKey } from './signing-key.ts';
import type { KeySource } from './signing-keys.ts';

export interface RotationTransaction extends PreparationTransaction {
  record(events: readonly AuditEvent[]): Promise<void>;
}

/** The keys, and how they are changed. */
export interface KeyStore extends KeySource {
  transact<T>(work: (tx: RotationTransaction) => Promise<T>): Promise<T>;
}

export interface KeyRotationServices {
  readonly store: KeyStore;
  /** PORTCULLIS_SECRET; a new key is encrypted under the first of them. */
  readonly secrets: readonly Uint8Array[];
}

/** Who rotates, and from where; null: the operator at the command line. */
type Actor = RequestOrigin & { readonly actorId: string | null };

export interface RotatedKey {
  readonly key: StoredSigningKey;
  readonly state: SigningKeyState;
}

/**
 * Publishes a new key, which signs PUBLICATION_LEAD later; the one before it verifies until its last token is gone. Where
 * a new key waits for its time already, that one is the answer: two admins who ask at once make one.
 *
 * @throws SecretMismatchError when PORTCULLIS_SECRET is not the one of this database; nothing is changed then
 */
export async function rotateSigningKey(services: KeyRotationServices, actor: Actor): Promise<RotatedKey> {
  return services.store.transact(async (tx) => {
    const keys = statesAt(await tx.signingKeys(), tx.now);
    const waiting = keys.find(({ state }) => state === 'NEXT');
    if (waiting !== undefined) return waiting;
    await checkSecret(keys, services.secrets);
    const activeFrom = tx.now + PUBLICATION_LEAD;
    const key = await generateSigningKey(services.secrets, { createdAt: tx.now, activeFrom });
    for (const { key: former, state } of keys)
      if (state === 'ACTIVE') await tx.updateSigningKey(former.kid, { expiresAt: activeFrom + LAST_TOKEN });
    await publish(tx, key, actor, `${key.kid} from ${new Date(activeFrom).toISOString()} on`);
    return { key, state: 'NEXT' };
  });
}

/**
 * For a key that somebody else may have: every key that is there dies at once, one that waits for its time too, and a new
 * one signs at once. Private parts are erased (NIST SP 800-57 part 1 §8.3.4). Of two admins who ask at once, the second
 * one's wish is fulfilled when its turn comes.
 *
 * @throws SecretMismatchError as `rotateSigningKey`
 */
export async function replaceSigningKeys(services: KeyRotationServices, actor: Actor): Promise<RotatedKey> {
  const doomed = new Set((await services.store.load()).keys.map(({ kid }) => kid));
  return services.store.transact(async (tx) => {
    const keys = statesAt(await tx.signingKeys(), tx.now).filter(({ state }) => state !== 'REVOKED');
    const active = keys.find(({ state }) => state === 'ACTIVE');
    if (active !== undefined && !keys.some(({ key }) => doomed.has(key.kid))) return active;
    await checkSecret(keys, services.secrets);
    const key = await generateSigningKey(services.secrets, { createdAt: tx.now, activeFrom: tx.now });
    for (const { key: former } of keys) await tx.updateSigningKey(former.kid, revokedAt(tx.now));
    const revoked = keys.map(({ key: former }) => former.kid).join(' ');
    await publish(tx, key, actor, `${key.kid} at once; revoked: ${revoked}`);
    return { key, state: 'ACTIVE' };
  });
}

function revokedAt(now: number): Partial<StoredSigningKey> {
  return { revoked: true, encryptedPrivateJwk: '', expiresAt: now + LAST_TOKEN };
}

/** A key under a secret that the servers do not have would stop them all. */
async function checkSecret(keys: readonly RotatedKey[], secrets: readonly Uint8Array[]): Promise<void> {
  const active = keys.find(({ state }) => state === 'ACTIVE');
  if (active !== undefined) await openSigningKey(active.key, secrets);
}

async function publish(tx: RotationTransaction, key: StoredSigningKey, actor: Actor, detail: string) {
  await tx.insertSigningKey(key);
  await tx.raiseKeyEpoch();
  await tx.record([
    {
      type: 'KEY_ROTATED',
      at: tx.now,
      userId: null,
      sessionId: null,
      ...actor,
      detail: detail.slice(0, 1000),
    },
  ]);
}
