import { type KnownRevocation, type Revocation } from '../revocation/revocation.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { STALE, sessionEndedBy } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

/** Sockets of one user at once, and of one of their sessions: every tab of a browser may have one. */
const MOST_PER_USER = 100;
const MOST_PER_SESSION = 30;

/** Which sockets stand for whom, so that they end with what they stand for. */
export class Holders {
  readonly #bySession = new Map<string, Set<OpenSocket>>();
  readonly #byUser = new Map<string, Set<OpenSocket>>();

  /** @returns false: the user, or the session, has as many as there may be */
  add(socket: OpenSocket, { sessionId, subject }: AccessTokenClaims): boolean {
    if (sizeOf(this.#bySession, sessionId) >= MOST_PER_SESSION) return false;
    if (sizeOf(this.#byUser, subject) >= MOST_PER_USER) return false;
    put(this.#bySession, sessionId, socket);
    put(this.#byUser, subject, socket);
    return true;
  }

  remove(socket: OpenSocket): void {
    const claims = socket.holder?.token.claims;
    if (claims === undefined) return;
    take(this.#bySession, claims.sessionId, socket);
    take(this.#byUser, claims.subject, socket);
  }

  /** Closes the sockets whose tokens are not good any more. Endings first: they say more than that a token is old. */
  revoke(revocations: readonly KnownRevocation[]): void {
    for (const each of revocations) if (each.kind === 'SESSION') this.#endSession(each);
    for (const each of revocations) if (each.kind === 'USER') this.#raiseVersion(each);
  }

  #endSession({ sessionId, reason }: Of<'SESSION'>): void {
    for (const socket of this.#bySession.get(sessionId) ?? []) socket.close(sessionEndedBy(reason));
  }

  #raiseVersion({ userId, leastVersion }: Of<'USER'>): void {
    for (const socket of this.#byUser.get(userId) ?? []) {
      const { tokenVersion = leastVersion } = socket.holder?.token.claims ?? {};
      if (tokenVersion < leastVersion) socket.close(STALE);
    }
  }
}

type Of<Kind extends Revocation['kind']> = Extract<Revocation, { kind: Kind }>;

function sizeOf(map: ReadonlyMap<string, ReadonlySet<OpenSocket>>, key: string): number {
  return map.get(key)?.size ?? 0;
}

function put(map: Map<string, Set<OpenSocket>>, key: string, socket: OpenSocket): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, new Set([socket]));
  else others.add(socket);
}

function take(map: Map<string, Set<OpenSocket>>, key: string, socket: OpenSocket): void {
  const others = map.get(key);
  others?.delete(socket);
  if (others?.size === 0) map.delete(key);
}
