/** What of a key's record tells its state at a time; all of them milliseconds of the database's clock. */
export interface KeyTimes {
  readonly kid: string;
  readonly createdAt: number;
  /** From when on it signs; it is published from its creation on. */
  readonly activeFrom: number;
  /** When the last token that it can have signed is past; null: it has no successor yet. */
  readonly expiresAt: number | null;
  readonly revoked: boolean;
}

/**
 * NEXT is published and verifies, but does not sign yet; ACTIVE signs; RETIRING verifies until its last token is gone;
 * REVOKED does neither, and is kept as long so that its tokens are told from rubbish.
 */
export const SIGNING_KEY_STATES = ['NEXT', 'ACTIVE', 'RETIRING', 'REVOKED'] as const;
export type SigningKeyState = (typeof SIGNING_KEY_STATES)[number];

/** Seconds for which the JWKS may be cached: a service that verifies by it learns of a change within so long. */
export const JWKS_MAX_AGE = 60;

/** Seconds for which common verifiers do not fetch the JWKS again, whatever `kid` comes (jose: `cooldownDuration`). */
const VERIFIER_COOLDOWN = 30;

/** Seconds for an instance's own knowledge of the keys, and for clocks. */
const MARGIN = 30;

/**
 * Milliseconds from the publication of a key to its first signature. A verifier whose last fetch was answered with the
 * old JWKS, out of a cache at that, may fetch again by then and gets the new one (OpenID Connect Core §10.1.1).
 */
export const PUBLICATION_LEAD = (JWKS_MAX_AGE + VERIFIER_COOLDOWN + MARGIN) * 1000;

/** Milliseconds from a key's last signature until no token of it is accepted: the longest ACCESS_TOKEN_TTL, and the tolerance. */
export const LAST_TOKEN = 3_600_000 + 5_000;

/** Whether a key still counts; one that does not is deleted by the purge. */
export function isKept(key: Pick<KeyTimes, 'expiresAt'>, now: number): boolean {
  return key.expiresAt === null || now < key.expiresAt;
}

/** The keys that count at `now`, newest first, each with its state. */
export function statesAt<Key extends KeyTimes>(
  keys: Iterable<Key>,
  now: number,
): { readonly key: Key; readonly state: SigningKeyState }[] {
  const kept = [...keys].filter((key) => isKept(key, now)).sort(newestFirst);
  const active = activeAt(kept, now);
  return kept.map((key) => ({ key, state: stateOf(key, active, now) }));
}

function stateOf(key: KeyTimes, active: KeyTimes | undefined, now: number): SigningKeyState {
  if (key.revoked) return 'REVOKED';
  if (key === active) return 'ACTIVE';
  return now < key.activeFrom ? 'NEXT' : 'RETIRING';
}

/**
 * The latest of those that may sign. Where none may yet, since the clock of the database went back (a failover), the
 * first one: to sign early beats not to sign at all.
 *
 * @param keys newest first
 */
function activeAt<Key extends KeyTimes>(keys: readonly Key[], now: number): Key | undefined {
  const usable = keys.filter(({ revoked }) => !revoked);
  return usable.find(({ activeFrom }) => activeFrom <= now) ?? usable.at(-1);
}

/** The kid breaks a tie, so that every instance signs with the same key. */
function newestFirst(a: KeyTimes, b: KeyTimes): number {
  return b.activeFrom - a.activeFrom || b.createdAt - a.createdAt || (a.kid < b.kid ? -1 : 1);
}
