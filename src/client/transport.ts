import type { MaybePromise, RefreshTokenStorage } from './types.ts';

/** How the refresh token travels. */
export interface Transport {
  /** For login and register. */
  readonly kind: 'COOKIE' | 'BODY';
  readonly credentials: RequestCredentials;
  /** The input of refresh and logout; undefined: there is no token to send. */
  input(): MaybePromise<{ readonly refreshToken?: string } | undefined>;
  /** Before the access token that came with it is used. */
  keep(refreshToken: string | null): MaybePromise<void>;
  forget(): MaybePromise<void>;
  /** The server is to be told, in the next life of this app too. */
  markLogout(): MaybePromise<void>;
  /** Whether that was left to do. */
  isLogoutMarked(): MaybePromise<boolean>;
}

/** Everything is the browser's and the server's work; no script sees the token. */
const cookie: Transport = {
  kind: 'COOKIE',
  credentials: 'include',
  input: () => ({}),
  keep: () => undefined,
  forget: () => undefined,
  markLogout: () => undefined,
  isLogoutMarked: () => false,
};

const LOGOUT = 'logout:';

export function transportBy(storage: RefreshTokenStorage | undefined): Transport {
  return storage ? body(storage) : cookie;
}

function body(storage: RefreshTokenStorage): Transport {
  const marked = async () => (await storage.read())?.startsWith(LOGOUT) ?? false;
  return {
    kind: 'BODY',
    credentials: 'omit',
    async input() {
      const refreshToken = (await storage.read())?.replace(LOGOUT, '');
      return refreshToken ? { refreshToken } : undefined;
    },
    keep: (refreshToken) => (refreshToken === null ? undefined : storage.write(refreshToken)),
    forget: () => storage.remove(),
    async markLogout() {
      const refreshToken = await storage.read();
      if (refreshToken && !refreshToken.startsWith(LOGOUT)) await storage.write(LOGOUT + refreshToken);
    },
    isLogoutMarked: marked,
  };
}
