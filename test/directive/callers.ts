import { bearer, login, refreshWith, registerUser, tokensOf } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';

type Headers = Record<string, string>;

/** Request headers of each kind of caller. */
export interface Callers {
  readonly anonymous: Headers;
  readonly user: Headers;
  readonly admin: Headers;
  /** Proved their password so long ago: see PROVEN_AGO. */
  readonly userOfOld: Headers;
  readonly adminOfOld: Headers;
}

/** Seconds */
export const PROVEN_AGO = 3600;

export async function createCallers(url: string, database: TestDatabase): Promise<Callers> {
  const olderToken = async (tokens: { sessionId: string; refreshToken: string }) => {
    await database.age(tokens.sessionId, PROVEN_AGO * 1000);
    return bearer(tokensOf(await refreshWith(url, tokens.refreshToken), 'refresh').accessToken);
  };
  return {
    anonymous: {},
    user: bearer((await registerUser(url)).accessToken),
    admin: bearer((await login(url)).accessToken),
    userOfOld: await olderToken(await registerUser(url)),
    adminOfOld: await olderToken(await login(url)),
  };
}
