import { send as sendHttp } from '../http/client.ts';
import {
  bearer,
  LOGOUT,
  login,
  ME,
  REVOKE_OTHERS,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { type Forgery, forgeries, honestTwin } from '../support/forgeries.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { type Lure, openLure } from '../support/lure.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const ROWS = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10'] as const;
const BODY_LIMIT_STATUSES = [400, 431];

// One signed text is judged in memory before the database is asked, so one database stands for both.
onSqlite('forged access tokens over HTTP', (database) => {
  const server = runServer(database);
  let user: Tokens & { email: string; password: string };
  let corpus: Forgery[];
  let lure: Lure;
  beforeAll(async () => {
    user = await registerUser(server().url);
    lure = await openLure();
    corpus = await forgedFrom(user.accessToken);
  });
  afterAll(() => lure.close());

  const forgedFrom = async (honestToken: string) =>
    forgeries({ ...(await forgingKit(database(), honestToken)), lure: lure.url });
  const ofRow = (row: string, all = corpus) => all.filter(({ id, sendable }) => id === row && sendable);
  const refusalOf = async (token: string, query = ME) => {
    const answer = await send(server().url, query, {}, bearer(token));
    return { status: answer.status, refusal: answer.refusal, data: answer.data, cookies: answer.setCookies };
  };
  const denied = (reason: string) => ({
    status: 200,
    refusal: { code: 'UNAUTHENTICATED', reason },
    data: null,
    cookies: [],
  });

  it('accepts the honest token, and a twin of it made by the tools of the forger: the control', async () => {
    const twin = await honestTwin(await forgingKit(database(), user.accessToken));
    for (const token of [user.accessToken, twin]) {
      expect((await refusalOf(token)).refusal).toBeUndefined();
    }
  });

  it.each(ROWS)(
    '%s is denied with its reason, in a query and in a mutation, and changes nothing',
    async (row) => {
      // Made anew for each row: a token that will be valid in a minute must still be sent before that.
      const { accessToken } = await login(server().url, user);
      const tokens = ofRow(row, await forgedFrom(accessToken));
      const before = await snapshot(database());
      expect(tokens.length).toBeGreaterThan(5);
      for (const { name, token, reason } of tokens) {
        const got = await refusalOf(token);
        expect({ name, ...got }).toEqual({ name, ...denied(reason) });
        expect({ name, ...(await refusalOf(token, REVOKE_OTHERS)) }).toEqual({ name, ...denied(reason) });
      }
      expect(await snapshot(database())).toBe(before);
    },
  );

  it('B3 opens no connection to where a token says that its key is', async () => {
    for (const { token } of ofRow('B3')) await refusalOf(token);
    expect(lure.connections()).toBe(0);
    await fetch(lure.url);
    expect(lure.connections()).toBe(1);
  });

  it('B4, B10 refuses a header that is longer than any of ours before it is read, with 431', async () => {
    const oversized = corpus.filter(({ token }) => token.length > 16_384 && /^[!-~]+$/.test(token));
    expect(oversized.length).toBeGreaterThan(1);
    const { port } = new URL(server().url);
    for (const { token } of oversized) {
      const status = await sendHttp(Number(port), {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: ME }),
      }).then(
        (answer) => answer.status,
        // A sender that is still writing may see the connection closed instead of the answer.
        () => 431,
      );
      expect(BODY_LIMIT_STATUSES).toContain(status);
    }
    expect((await refusalOf(user.accessToken)).refusal).toBeUndefined();
  });

  it('ends no session when they come to logout, where a bearer that does not verify is ignored', async () => {
    const before = await snapshot(database());
    const chosen = ROWS.flatMap((row) => ofRow(row).slice(0, 3));
    for (const { name, token } of chosen) {
      const answer = await send(server().url, LOGOUT, {}, bearer(token));
      expect({ name, data: answer.data }).toEqual({ name, data: { logout: { ended: false } } });
    }
    expect(await snapshot(database())).toBe(before);
    const own = await send(server().url, LOGOUT, {}, bearer(user.accessToken));
    expect(own.data).toEqual({ logout: { ended: true } });
  });

  it('B11 leaves none of them in the log, and no error either', () => {
    const text = server().logText();
    expect(text).toContain('"path":"/graphql"');
    for (const { token } of corpus.filter(({ token }) => token.length > 40)) {
      expect(text.includes(token)).toBe(false);
      expect(text.includes(token.slice(-40))).toBe(false);
    }
    expect(
      server()
        .log()
        .filter(({ level }) => level === 'error' || level === 'warn'),
    ).toEqual([]);
  });
});
