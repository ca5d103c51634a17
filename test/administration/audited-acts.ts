import {
  CHANGE_PASSWORD,
  DELETE_USER,
  type LoggedEvent,
  REAUTHENTICATE,
  REVOKE_SESSIONS,
  SET_ROLES,
  SET_STATUS,
  USERS,
} from '../support/administration.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  MY_SESSIONS,
  REGISTER,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  refreshWith,
  send,
  type Tokens,
} from '../support/client.ts';

type Account = Tokens & { email: string; password: string };

/** What an act is done with: an account, another session of it, and an admin. */
export interface Scene {
  readonly url: string;
  readonly user: Account;
  readonly second: Tokens;
  readonly admin: Tokens;
  readonly agent: Record<string, string>;
}

export type Expected = Partial<LoggedEvent> & Pick<LoggedEvent, 'type'>;

export interface Act {
  readonly run: (scene: Scene) => Promise<unknown>;
  readonly writes: (scene: Scene) => readonly Expected[];
}

export const AGENT = 'Log-Reader/1.0 (acts)';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
export const NEW_PASSWORD = 'vexing plumb quartz';

const asUser = (query: string, variables: (scene: Scene) => object) => (scene: Scene) =>
  send(scene.url, query, variables(scene), { ...scene.agent, ...bearer(scene.user.accessToken) });
export const asAdmin = (query: string, variables: (scene: Scene) => object) => (scene: Scene) =>
  send(scene.url, query, variables(scene), { ...scene.agent, ...bearer(scene.admin.accessToken) });
export const asNobody = (query: string, variables: (scene: Scene) => object) => (scene: Scene) =>
  send(scene.url, query, variables(scene), scene.agent);

const userOf = ({ user }: Scene) => ({ userId: user.userId });
export const inputOf =
  (more: object = {}) =>
  ({ user: { email, password } }: Scene) => ({ input: { email, password, transport: 'BODY', ...more } });
const passwords =
  (currentPassword?: string, newPassword = NEW_PASSWORD) =>
  ({ user }: Scene) => ({ input: { currentPassword: currentPassword ?? user.password, newPassword } });

const byUser = ({ user }: Scene) => ({ actorId: user.userId, userId: user.userId });
export const byAdmin = ({ admin, user }: Scene) => ({ actorId: admin.userId, userId: user.userId });
const ended = (session: Tokens, detail: string) => ({
  type: 'SESSION_ENDED',
  sessionId: session.sessionId,
  detail,
});
export const failed = (scene: Scene, more: Partial<LoggedEvent> = {}): Expected => ({
  type: 'LOGIN_FAILED',
  actorId: null,
  userId: scene.user.userId,
  sessionId: null,
  detail: 'INVALID_CREDENTIALS',
  ...more,
});

/** Everything that changes state, or that a watcher must hear of. What is not given of a row is null. */
export const ACTS: Readonly<Record<string, Act>> = {
  'a login': {
    run: asNobody(LOGIN, inputOf()),
    writes: (scene) => [{ type: 'LOGIN_SUCCEEDED', ...byUser(scene), sessionId: expect.any(String) }],
  },
  'a login with a wrong password': {
    run: asNobody(LOGIN, inputOf({ password: 'wrong' })),
    writes: (scene) => [failed(scene)],
  },
  'a login to an account that there is not': {
    run: asNobody(LOGIN, inputOf({ email: 'nobody-here@example.com' })),
    writes: (scene) => [failed(scene, { userId: null })],
  },
  'a logout': {
    run: asNobody(LOGOUT, ({ user }) => ({ input: { refreshToken: user.refreshToken } })),
    writes: (scene) => [{ ...ended(scene.user, 'LOGOUT'), ...byUser(scene) }],
  },
  'revokeSession of one’s own': {
    run: asUser(REVOKE_SESSION, ({ second }) => ({ id: second.sessionId })),
    writes: (scene) => [{ ...ended(scene.second, 'REVOKED_BY_USER'), ...byUser(scene) }],
  },
  'revokeSession by an admin': {
    run: asAdmin(REVOKE_SESSION, ({ second }) => ({ id: second.sessionId })),
    writes: (scene) => [{ ...ended(scene.second, 'REVOKED_BY_ADMIN'), ...byAdmin(scene) }],
  },
  revokeOtherSessions: {
    run: asUser(REVOKE_OTHERS, () => ({})),
    writes: (scene) => [{ ...ended(scene.second, 'REVOKED_BY_USER'), ...byUser(scene) }],
  },
  revokeAllForUser: {
    run: asAdmin(REVOKE_ALL, userOf),
    writes: (scene) => [
      { ...ended(scene.user, 'REVOKED_BY_ADMIN'), ...byAdmin(scene) },
      { ...ended(scene.second, 'REVOKED_BY_ADMIN'), ...byAdmin(scene) },
      { type: 'SESSIONS_REVOKED', ...byAdmin(scene), detail: '2 of the user' },
    ],
  },
  revokeSessions: {
    run: asAdmin(REVOKE_SESSIONS, ({ user }) => ({ filter: { userId: user.userId }, dryRun: false })),
    writes: (scene) => [
      { ...ended(scene.user, 'REVOKED_BY_ADMIN'), ...byAdmin(scene) },
      { ...ended(scene.second, 'REVOKED_BY_ADMIN'), ...byAdmin(scene) },
      { type: 'SESSIONS_REVOKED', ...byAdmin(scene), detail: expect.stringMatching(/^2 by \{/) },
    ],
  },
  reauthenticate: {
    run: asUser(REAUTHENTICATE, ({ user }) => ({ password: user.password })),
    writes: (scene) => [{ type: 'REAUTHENTICATED', ...byUser(scene), sessionId: scene.user.sessionId }],
  },
  'reauthenticate with a wrong password': {
    run: asUser(REAUTHENTICATE, () => ({ password: 'wrong' })),
    writes: (scene) => [failed(scene, { sessionId: scene.user.sessionId })],
  },
  changePassword: {
    run: asUser(CHANGE_PASSWORD, passwords()),
    writes: (scene) => [
      { ...ended(scene.second, 'PASSWORD_CHANGED'), ...byUser(scene) },
      { type: 'PASSWORD_CHANGED', ...byUser(scene), sessionId: scene.user.sessionId },
    ],
  },
  'changePassword with a wrong password': {
    run: asUser(CHANGE_PASSWORD, passwords('wrong')),
    writes: (scene) => [failed(scene, { sessionId: scene.user.sessionId })],
  },
  'a suspension': {
    run: asAdmin(SET_STATUS, ({ user }) => ({ userId: user.userId, status: 'SUSPENDED', reason: 'spam' })),
    writes: (scene) => [
      { ...ended(scene.user, 'USER_SUSPENDED'), ...byAdmin(scene) },
      { ...ended(scene.second, 'USER_SUSPENDED'), ...byAdmin(scene) },
      { type: 'STATUS_CHANGED', ...byAdmin(scene), detail: 'SUSPENDED: spam' },
    ],
  },
  'a change of roles': {
    run: asAdmin(SET_ROLES, ({ user }) => ({ userId: user.userId, roles: ['ADMIN'] })),
    writes: (scene) => [{ type: 'ROLES_CHANGED', ...byAdmin(scene), detail: 'USER to USER ADMIN' }],
  },
  deleteUser: {
    run: asAdmin(DELETE_USER, userOf),
    writes: (scene) => [
      { ...ended(scene.user, 'USER_DELETED'), ...byAdmin(scene) },
      { ...ended(scene.second, 'USER_DELETED'), ...byAdmin(scene) },
      { type: 'USER_DELETED', ...byAdmin(scene) },
    ],
  },
};

/** What changes no state that the log keeps, and so is not in it. */
export const SILENT: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'a refresh': ({ url, user }) => refreshWith(url, user.refreshToken),
  'a question': asUser(MY_SESSIONS, () => ({})),
  'a denial of role': asUser(USERS, () => ({})),
  'a logout with rubbish': asNobody(LOGOUT, () => ({ input: { refreshToken: 'pr1_rubbish' } })),
  'a refresh with rubbish': ({ url }) => refreshWith(url, 'pr1_rubbish'),
  'a dry run': asAdmin(REVOKE_SESSIONS, ({ user }) => ({ filter: { userId: user.userId } })),
  'the status that there is': asAdmin(SET_STATUS, ({ user }) => ({ userId: user.userId, status: 'ACTIVE' })),
  'the roles that there are': asAdmin(SET_ROLES, ({ user }) => ({ userId: user.userId, roles: ['USER'] })),
  'an account that there is not': asAdmin(DELETE_USER, () => ({ userId: UNKNOWN })),
  'the last admin': asAdmin(DELETE_USER, ({ admin }) => ({ userId: admin.userId })),
  'a registration that is refused': asNobody(REGISTER, inputOf()),
  'a password that is too common': asUser(CHANGE_PASSWORD, passwords(undefined, 'portcullis123')),
};
