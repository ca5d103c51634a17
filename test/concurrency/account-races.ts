import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGE_PASSWORD, claimsOf, DELETE_USER, SET_ROLES, SET_STATUS } from '../support/administration.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  login,
  ME,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { instance } from '../support/instances.ts';

type Account = Tokens & { readonly email: string; readonly password: string };

/** What a race runs against; its violations are texts, none of them where all is well. */
export interface Scene {
  readonly urls: readonly string[];
  /** Of an admin. */
  readonly admin: Tokens;
}

/** An act upon an account that clients are using, and what must hold from its acknowledgement on. */
export interface Act {
  readonly run: (scene: Scene, user: Account) => Promise<Answer>;
  /** Whether sessions that were begun before it, or by a login that overtook it, are over. */
  readonly ends: boolean;
  /** What makes logins possible again, so that a session that slipped through would come to light. */
  readonly undo?: (scene: Scene, user: Account) => Promise<unknown>;
}

const anywhere = ({ urls }: Scene) => instance(urls, Math.floor(Math.random() * urls.length));

function byAdmin(query: string, more: object = {}): Act['run'] {
  return (scene, { userId }) =>
    send(anywhere(scene), query, { userId, ...more }, bearer(scene.admin.accessToken));
}

const reactivate = byAdmin(SET_STATUS, { status: 'ACTIVE' });

export const ACTS: Readonly<Record<string, Act>> = {
  changePassword: {
    ends: true,
    run: (scene, { accessToken, password }) => {
      const input = { currentPassword: password, newPassword: 'another one for the race' };
      return send(anywhere(scene), CHANGE_PASSWORD, { input }, bearer(accessToken));
    },
  },
  'setUserStatus SUSPENDED': {
    ends: true,
    run: byAdmin(SET_STATUS, { status: 'SUSPENDED' }),
    undo: reactivate,
  },
  deleteUser: { ends: true, run: byAdmin(DELETE_USER) },
  setUserRoles: { ends: false, run: byAdmin(SET_ROLES, { roles: ['USER', 'ADMIN'] }) },
};

/**
 * Two sessions refresh as fast as they can and logins come in, while the act happens at some moment. What was issued before
 * its acknowledgement, and what was under way then, is tried afterwards.
 */
export async function raceAgainst(scene: Scene, { run, ends, undo }: Act): Promise<string[]> {
  const user = await registerUser(anywhere(scene));
  const issued: Tokens[] = [await login(anywhere(scene), user), await login(anywhere(scene), user)];
  const clients = [
    ...issued.map((tokens) => keepRefreshing(scene, tokens, issued, ends)),
    ...Array.from({ length: 3 }, () => logInLater(scene, user, issued)),
  ];
  await sleep(Math.random() * 40);
  const answer = await run(scene, user);
  if (answer.errors !== undefined) throw new Error(`The act was refused: ${answer.text}`);
  const atAcknowledgement = [user, ...issued];
  const violations = await stillGood(scene, atAcknowledgement, ends);
  await Promise.all(clients);
  await undo?.(scene, user);
  violations.push(...(await stillGood(scene, [user, ...issued], ends)));
  if (ends) violations.push(...(await refreshable(scene, issued)));
  return violations;
}

/** Until the session is over, or for so many turns. */
async function keepRefreshing(scene: Scene, first: Tokens, issued: Tokens[], ends: boolean): Promise<void> {
  let current = first;
  for (let turn = 0; ends || turn < 15; turn++) {
    const answer = await refreshWith(instance(scene.urls, turn), current.refreshToken);
    if (answer.errors !== undefined) return;
    current = tokensOf(answer, 'refresh');
    issued.push(current);
  }
}

async function logInLater(scene: Scene, { email, password }: Account, issued: Tokens[]): Promise<void> {
  await sleep(Math.random() * 40);
  const answer = await send(anywhere(scene), LOGIN, { input: { email, password, transport: 'BODY' } });
  if (answer.errors === undefined) issued.push(tokensOf(answer, 'login'));
}

/**
 * Which access tokens are good that must not be: all of them after an ending; after a change of roles those that carry the
 * old ones.
 */
async function stillGood(scene: Scene, all: readonly Tokens[], ends: boolean): Promise<string[]> {
  const suspects = ends ? all : all.filter(({ accessToken }) => !rolesOf(accessToken).includes('ADMIN'));
  const answers = await Promise.all(
    suspects.map(({ accessToken }, turn) => send(instance(scene.urls, turn), ME, {}, bearer(accessToken))),
  );
  return answers.filter(({ errors }) => errors === undefined).map(({ text }) => `still good: ${text}`);
}

async function refreshable(scene: Scene, all: readonly Tokens[]): Promise<string[]> {
  const latest = new Map(all.map((tokens) => [tokens.sessionId, tokens]));
  const answers = await Promise.all(
    [...latest.values()].map(({ refreshToken }, turn) =>
      refreshWith(instance(scene.urls, turn), refreshToken),
    ),
  );
  return answers.filter(({ errors }) => errors === undefined).map(() => 'a refresh token still good');
}

function rolesOf(accessToken: string): readonly string[] {
  return claimsOf(accessToken)['roles'] as string[];
}
