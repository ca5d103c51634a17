import type { RefreshTokenStorage } from './types.ts';

/** How the refresh token travels. */
export interface Transport {
  /** For login and register. */
  readonly kind: 'COOKIE' | 'BODY';
  readonly credentials: RequestCredentials;
  /** The input of refresh and logout; undefined: there is no token to send. */
  input(): Promise<{ readonly refreshToken?: string } | undefined>;
  /** Before the access token that came with it is used. */
  keep(refreshToken: string | null): Promise<void>;
  forget(): Promise<void>;
  /** The server is to be told, in the next life of this app too. */
  markLogout(): Promise<void>;
  /** Whether that was left to do. */
  isLogoutMarked(): Promise<boolean>;
}

const LOGOUT = 'logout:';

/** Without a storage it is a cookie: the browser's and the server's work, and no script sees the token. */
export function transportBy(storage: RefreshTokenStorage | undefined): Transport {
  const read = async () => (await storage?.read()) ?? '';
  const isMarked = (text: string) => text.startsWith(LOGOUT);
  return {
    kind: storage ? 'BODY' : 'COOKIE',
    credentials: storage ? 'omit' : 'include',
    async input() {
      const refreshToken = (await read()).replace(LOGOUT, '');
      if (!storage) return {};
      return refreshToken ? { refreshToken } : undefined;
    },
    async keep(refreshToken) {
      if (refreshToken) await storage?.write(refreshToken);
    },
    forget: async () => storage?.remove(),
    async markLogout() {
      const text = await read();
      if (text && !isMarked(text)) await storage?.write(LOGOUT + text);
    },
    isLogoutMarked: async () => isMarked(await read()),
  };
}
