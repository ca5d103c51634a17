import { CHANGE_PASSWORD, SET_ROLES } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  REVOKE_ALL,
  REVOKE_SESSION,
  refreshWith,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { instance } from '../support/instances.ts';

/** Milliseconds; MAX_STALENESS of the instances. */
const BOUND = 2_000;

/** What the token is enough for, so that bounded instances ask no database. */
const WHO = '{ me { id } }';

export interface BoundedScene {
  readonly urls: readonly string[];
  readonly account: { readonly email: string; readonly password: string; readonly userId: string };
  readonly admin: { readonly email: string; readonly password: string };
}

/** A revocation at an instance: it acknowledges what makes these tokens untrue. */
type Revocation = (url: string, scene: BoundedScene, tokens: Tokens) => Promise<unknown>;

export const REVOCATIONS: Readonly<Record<string, Revocation>> = {
  logout: (url, _, { refreshToken }) => done(send(url, LOGOUT, { input: { refreshToken } })),
  revokeSession: (url, _, { sessionId, accessToken }) =>
    done(send(url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken))),
  revokeAllForUser: async (url, { admin }, { userId }) => {
    const { accessToken } = await login(url, admin);
    await done(send(url, REVOKE_ALL, { userId }, bearer(accessToken)));
  },
  setUserRoles: async (url, { admin }, { userId }) => {
    const { accessToken } = await login(url, admin);
    const as = bearer(accessToken);
    await done(send(url, SET_ROLES, { userId, roles: ['USER', 'ADMIN'] }, as));
    await done(send(url, SET_ROLES, { userId, roles: ['USER'] }, as));
  },
  rotateSigningKey: async (url, { admin }) => {
    const { accessToken } = await login(url, admin);
    const rotate = 'mutation { rotateSigningKey(revokePrevious: true) { id } }';
    await done(send(url, rotate, {}, bearer(accessToken)));
  },
  changePassword: (url, { account: { password } }, { accessToken }) => {
    const input = { currentPassword: password, newPassword: password };
    return done(send(url, CHANGE_PASSWORD, { input }, bearer(accessToken)));
  },
};

async function done(sent: ReturnType<typeof send>): Promise<void> {
  const answer = await sent;
  if (answer.errors !== undefined) throw new Error(`It was refused: ${answer.text}`);
}

async function isAccepted(url: string, tokens: Tokens): Promise<boolean> {
  const { refusal, text } = await send(url, WHO, {}, bearer(tokens.accessToken));
  if (refusal === undefined) return true;
  // An instance that has no proof and gets none in time, on a starved machine, says neither.
  if (refusal['code'] === 'UNAVAILABLE') return isAccepted(url, tokens);
  if (refusal['reason'] !== 'SESSION_ENDED' && refusal['reason'] !== 'STALE') throw new Error(text);
  return false;
}

/**
 * Asks everywhere until all are denied: at the instance that acknowledged at the first question, at the others at every
 * question that is sent after the bound.
 */
async function stillAccepted(
  { urls }: BoundedScene,
  acknowledging: string,
  all: readonly Tokens[],
): Promise<string[]> {
  const acknowledgedAt = performance.now();
  const violations = all.flatMap((tokens) =>
    urls.map(async (url) => {
      for (;;) {
        const after = performance.now() - acknowledgedAt;
        if (!(await isAccepted(url, tokens))) return [];
        if (url === acknowledging) return ['accepted where it was acknowledged'];
        if (after > BOUND) return [`accepted ${after} ms after`];
      }
    }),
  );
  return (await Promise.all(violations)).flat();
}

/** Sessions that are in use everywhere, a revocation somewhere, and one that begins right after it. */
export async function revokeSomewhere(
  scene: BoundedScene,
  revoke: Revocation,
  sessions = 1,
): Promise<string[]> {
  const { urls, account } = scene;
  const old = await Promise.all(
    Array.from({ length: sessions }, (_, turn) => login(instance(urls, turn), account)),
  );
  for (const tokens of old)
    for (const url of urls) if (!(await isAccepted(url, tokens))) return ['denied before it was revoked'];
  const [first] = old as [Tokens];
  const at = instance(urls, Math.floor(Math.random() * urls.length));
  await revoke(at, scene, first);
  const [violations, next] = await Promise.all([
    stillAccepted(scene, at, old),
    login(instance(urls, Math.floor(Math.random() * urls.length)), account),
  ]);
  return [...violations, ...(await denied(urls, next))];
}

/** One that began after the revocation lives, everywhere and at once. */
async function denied(urls: readonly string[], tokens: Tokens): Promise<string[]> {
  const answers = await Promise.all(urls.map((url) => isAccepted(url, tokens)));
  return answers.filter((accepted) => !accepted).map(() => 'one that began after it was denied');
}

/** Several revocations of one user in any order at any instances: the newest counts, and none takes one before it back. */
export async function revokeInAnyOrder(scene: BoundedScene): Promise<string[]> {
  const { urls, account } = scene;
  const kept = await login(instance(urls, 0), account);
  const old: Tokens[] = [kept];
  const kinds = Object.values(REVOCATIONS).sort(() => Math.random() - 0.5);
  for (const revoke of kinds) {
    const tokens = await login(instance(urls, old.length), account);
    old.push(tokens);
    await revoke(instance(urls, Math.floor(Math.random() * urls.length)), scene, tokens);
  }
  const violations = await stillAccepted(scene, '', old.slice(1, -1));
  const again = await login(instance(urls, 0), account);
  const next = tokensOf(await refreshWith(instance(urls, 1), again.refreshToken), 'refresh');
  return [...violations, ...(await denied(urls, again)), ...(await denied(urls, next))];
}
