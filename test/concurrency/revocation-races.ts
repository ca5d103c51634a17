import { setTimeout as sleep } from 'node:timers/promises';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  REVOKE_ALL,
  REVOKE_SESSION,
  refreshWith,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { instance } from '../support/instances.ts';
import { auditOf, sessionRow, userRow } from '../support/rows.ts';
import { takeSessionUpdates } from '../support/session-updates.ts';

/** What a scenario runs against; its violations are texts, none of them where all is well. */
export interface RevocationScene {
  readonly urls: readonly string[];
  readonly database: TestDatabase;
  readonly account: { readonly email: string; readonly password: string; readonly userId: string };
  /** Of an admin. */
  readonly admin: Tokens;
}

/** Ends the session of the tokens, and returns once that has been acknowledged. */
type Ending = (scene: RevocationScene, tokens: Tokens) => Promise<unknown>;

const anywhere = ({ urls }: RevocationScene) => instance(urls, Math.floor(Math.random() * urls.length));

export const ENDINGS: Readonly<Record<string, Ending>> = {
  logout: (scene, { refreshToken }) =>
    acknowledged(send(anywhere(scene), LOGOUT, { input: { refreshToken } })),
  revokeSession: (scene, { sessionId, accessToken }) =>
    acknowledged(send(anywhere(scene), REVOKE_SESSION, { id: sessionId }, bearer(accessToken))),
  revokeAllForUser: (scene, { userId }) => acknowledged(revokeAll(scene, userId)),
};

async function acknowledged(sent: ReturnType<typeof send>): Promise<void> {
  const answer = await sent;
  if (answer.errors !== undefined) throw new Error(`The ending was refused: ${answer.text}`);
}

function revokeAll(scene: RevocationScene, userId: string) {
  return send(anywhere(scene), REVOKE_ALL, { userId }, bearer(scene.admin.accessToken));
}

/** Which of the tokens still are of use; the instances take turns. */
async function usable({ urls }: RevocationScene, all: readonly Tokens[]): Promise<string[]> {
  const uses = all.flatMap(({ accessToken, refreshToken }, turn) => [
    send(instance(urls, turn), ME, {}, bearer(accessToken)),
    refreshWith(instance(urls, turn + 1), refreshToken),
  ]);
  const answers = await Promise.all(uses);
  return answers.filter(({ errors }) => errors === undefined).map(({ text }) => `still usable: ${text}`);
}

/**
 * A client refreshes as fast as it can, and its session is ended at some moment. No refresh ever writes `ended_at`, so that
 * even without locks an ended session stays ended; what the lock adds is that no rotation is written, and acknowledged,
 * after the end.
 */
export async function refreshAgainst(scene: RevocationScene, end: Ending): Promise<string[]> {
  const { urls, database, account } = scene;
  const first = await login(anywhere(scene), account);
  await takeSessionUpdates(database, first.sessionId);
  const held = [first];
  const refreshing = (async () => {
    for (let turn = 0; ; turn++) {
      const answer = await refreshWith(instance(urls, turn), held.at(-1)?.refreshToken ?? '');
      if (answer.errors !== undefined) return answer.refusal?.['reason'];
      held.push(tokensOf(answer, 'refresh'));
    }
  })();
  await sleep(Math.random() * 25);
  await end(scene, held.at(-1) ?? first);
  // From the acknowledgement on; the refresh that is still under way may bring one more.
  const violations = await usable(scene, held.slice(-3));
  if ((await refreshing) !== 'SESSION_ENDED') violations.push('the client was refused for another reason');
  violations.push(...(await usable(scene, held.slice(-1))));
  const late = (await takeSessionUpdates(database, first.sessionId)).filter(({ afterEnd }) => afterEnd);
  return [...violations, ...late.map(({ kind }) => `${kind} after the end`)];
}

/** Ten clients log out at once: one of them ended the session, and the log says so once. */
export async function logoutAtOnce({ urls, database, account }: RevocationScene): Promise<string[]> {
  const { sessionId, refreshToken } = await login(instance(urls, 0), account);
  const input = { refreshToken };
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, turn) => send(instance(urls, turn), LOGOUT, { input })),
  );
  const ended = answers.filter(({ data }) => data?.logout.ended === true).length;
  const lines = (await auditOf(database, sessionId, 'SESSION_ENDED')).length;
  return [
    ...(ended === 1 ? [] : [`${ended} of them ended it`]),
    ...(lines === 1 ? [] : [`${lines} lines in the log`]),
  ];
}

/**
 * Everything of a user is ended while all of their sessions refresh and more logins come in. What lives then began after
 * it, and is whole: a session whose very first access token is untrue already was begun across it.
 */
export async function revokeAllAmong(
  scene: RevocationScene,
  sessions: number,
  logins: number,
): Promise<string[]> {
  const { urls, database, account } = scene;
  const old = await Promise.all(
    Array.from({ length: sessions }, (_, turn) => login(instance(urls, turn), account)),
  );
  const { token_version: before } = await userRow(database, account.userId);
  const refreshing = old.map(async ({ refreshToken }, turn) => {
    const answer = await refreshWith(instance(urls, turn), refreshToken);
    return answer.errors === undefined ? [tokensOf(answer, 'refresh')] : [];
  });
  const arriving = Array.from({ length: logins }, async (_, turn) => {
    await sleep(Math.random() * 30);
    return login(instance(urls, turn), account);
  });
  await sleep(Math.random() * 20);
  await acknowledged(revokeAll(scene, account.userId));
  const violations = await usable(scene, old);
  violations.push(...(await usable(scene, (await Promise.all(refreshing)).flat())));
  for (const tokens of await Promise.all(arriving)) violations.push(...(await brokenLogin(scene, tokens)));
  const { token_version: after } = await userRow(database, account.userId);
  if (Number(after) !== Number(before) + 1) violations.push(`the version went from ${before} to ${after}`);
  const updates = await Promise.all(old.map(({ sessionId }) => takeSessionUpdates(database, sessionId)));
  const late = updates.flat().filter(({ afterEnd }) => afterEnd);
  return [...violations, ...late.map(({ kind }) => `${kind} after the end`)];
}

/** A session either lives and its tokens are good, or it has ended and they are not. */
async function brokenLogin(scene: RevocationScene, tokens: Tokens): Promise<string[]> {
  const { ended_at: endedAt } = await sessionRow(scene.database, tokens.sessionId);
  const { refusal } = await send(anywhere(scene), ME, {}, bearer(tokens.accessToken));
  if (endedAt !== null) return usable(scene, [tokens]);
  return refusal === undefined ? [] : [`a session that lives was refused: ${JSON.stringify(refusal)}`];
}

/**
 * A login within the millisecond of a revocation: beside it, in any order, and right after its acknowledgement.
 *
 * @param old of a session that lives
 * @returns the new session that was begun after the revocation
 */
export async function loginBesideRevocation(
  scene: RevocationScene,
  old: Tokens,
): Promise<{ violations: string[]; next: Tokens }> {
  const { account } = scene;
  const revoked = (async () => {
    // About what a login hashes.
    await sleep(Math.random() * 25);
    await acknowledged(revokeAll(scene, account.userId));
    return login(anywhere(scene), account);
  })();
  const [beside, next] = await Promise.all([login(anywhere(scene), account), revoked]);
  const violations = [...(await usable(scene, [old])), ...(await brokenLogin(scene, beside))];
  const { refusal } = await send(anywhere(scene), ME, {}, bearer(next.accessToken));
  if (refusal !== undefined) violations.push(`the new one was refused: ${JSON.stringify(refusal)}`);
  return { violations, next };
}

/** A login with a password that is being changed: it fails, or its session has ended with the change. */
export async function loginAgainstPasswordChange(
  scene: RevocationScene,
  account: { readonly email: string; readonly password: string },
  change: () => Promise<unknown>,
): Promise<string[]> {
  const { email, password } = account;
  const input = { email, password, transport: 'BODY' };
  const attempts = Array.from({ length: 4 }, async (_, turn) => {
    await sleep(turn * 4);
    return send(instance(scene.urls, turn), LOGIN, { input });
  });
  await sleep(10 + Math.random() * 25);
  await change();
  const signedIn = (await Promise.all(attempts)).filter(({ errors }) => errors === undefined);
  return usable(
    scene,
    signedIn.map((answer) => tokensOf(answer, 'login')),
  );
}
