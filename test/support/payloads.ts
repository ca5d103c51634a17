/** Documents that ask for every field there is. */
const USER = 'fragment U on User { id email displayName roles status createdAt }';
const SESSION =
  'fragment S on Session { id current createdAt lastSeenAt authenticatedAt idleExpiresAt expiresAt ipAddress userAgent deviceName user { ...U } endedAt endReason }';
const AUTH =
  'fragment A on AuthPayload { accessToken tokenType expiresIn refreshToken session { ...S } user { ...U } }';
const AUTH_FRAGMENTS = `${AUTH} ${SESSION} ${USER}`;

export const WHOLE_REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { ...A } } ${AUTH_FRAGMENTS}`;
export const WHOLE_LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ...A } } ${AUTH_FRAGMENTS}`;
export const WHOLE_REFRESH = `mutation ($input: RefreshInput) { refresh(input: $input) { ...A } } ${AUTH_FRAGMENTS}`;
export const WHOLE_ME = `{ me { ...U } } ${USER}`;
export const WHOLE_MY_SESSIONS = `{ mySessions { ...S } } ${SESSION} ${USER}`;
export const WHOLE_REVOKE_SESSION = `mutation ($id: ID!) { revokeSession(id: $id) { ...S } } ${SESSION} ${USER}`;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UUID7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

export const aTime = (): unknown => expect.stringMatching(TIME);
const anId = (): unknown => expect.stringMatching(UUID7);
export const anAccessToken = (): unknown => expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{86}$/);
export const aRefreshToken = (): unknown => expect.stringMatching(/^pr1_[\w-]{72}$/);

export function aUser(known: object): object {
  return {
    id: anId(),
    displayName: null,
    roles: ['USER'],
    status: 'ACTIVE',
    createdAt: aTime(),
    ...known,
  };
}

/** A live session of this machine. */
export function aSession(known: object): object {
  return {
    id: anId(),
    current: true,
    createdAt: aTime(),
    lastSeenAt: aTime(),
    authenticatedAt: aTime(),
    idleExpiresAt: aTime(),
    expiresAt: aTime(),
    ipAddress: '127.0.0.1',
    userAgent: null,
    deviceName: null,
    endedAt: null,
    endReason: null,
    ...known,
  };
}
