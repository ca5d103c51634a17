import { SET_ROLES } from '../support/administration.ts';
import { bearer, login, registerUser, send } from '../support/client.ts';
import { idBytes, type TestDatabase } from '../support/databases.ts';
import { until } from '../support/until.ts';
import type { Browser, Tab } from './browser.ts';

interface SignedIn {
  readonly tab: Tab;
  readonly account: { readonly email: string; readonly password: string };
  readonly userId: string;
  readonly sessionId: string;
}

/** A tab in which somebody of their own is signed in. */
export async function signedInTab(
  url: string,
  browser: Browser,
  options: Parameters<Browser['open']>[0] = {},
): Promise<SignedIn> {
  const { email, password, userId } = await registerUser(url);
  const account = { email, password };
  const tab = browser.open(options);
  const { session } = await tab.client.login(account);
  return { tab, account, userId, sessionId: session?.id ?? '' };
}

/** Makes every access token of an account STALE, as an admin does who changes its roles. */
export async function makeStale(url: string, userId: string): Promise<void> {
  const { accessToken } = await login(url);
  for (const roles of [['USER', 'ADMIN'], ['USER']]) {
    const answer = await send(url, SET_ROLES, { userId, roles }, bearer(accessToken));
    if (answer.errors) throw new Error(`setUserRoles was refused: ${answer.text}`);
  }
}

/** How often the refresh token of a session was exchanged. */
export async function rotations(database: TestDatabase, sessionId: string): Promise<number> {
  const sql = 'SELECT generation, next_branch FROM sessions WHERE id = ?';
  const [row] = await database.query(sql, [idBytes(sessionId)]);
  return Number(row?.['generation']) + (row?.['next_branch'] === null ? 0 : 1);
}

export function untilStatus({ client }: Tab, status: string): Promise<void> {
  return until(async () => client.state.status === status);
}
