import { randomBytes } from 'node:crypto';
import { RefreshTokenMac } from '../../src/tokens/refresh-token.ts';
import { Browser } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  REFRESH,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { type TestDatabase } from '../support/databases.ts';
import { auditOf, sessionRow, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { SECRET } from '../support/server.ts';

const INVALID = { code: 'UNAUTHENTICATED', reason: 'INVALID' };
const [ID, GENERATION, BRANCH, MAC] = [0, 16, 20, 22];

onSqlite('a refresh token that was never issued', (database) => {
  const server = runServer(database);
  let victim: Tokens & { email: string; password: string };
  let other: Tokens;
  beforeAll(async () => {
    victim = await registerUser(server().url);
    victim = { ...victim, ...tokensOf(await refreshWith(server().url, victim.refreshToken), 'refresh') };
    other = await registerUser(server().url);
  });

  it('C11 is INVALID, and leaves the victim’s row as it is, byte for byte', async () => {
    const before = await evidence(database(), victim.sessionId);
    for (const [name, token] of Object.entries(tampered(victim.refreshToken, other.refreshToken))) {
      const answer = await refreshWith(server().url, token);
      expect({ name, refusal: answer.refusal, status: answer.status }).toEqual({
        name,
        refusal: INVALID,
        status: 200,
      });
      expect(await evidence(database(), victim.sessionId)).toEqual(before);
    }
    expect((await refreshWith(server().url, victim.refreshToken)).errors).toBeUndefined();
  });

  it('C11 is INVALID for logout and in the cookie too, and ends nothing', async () => {
    const before = await snapshot(database());
    for (const token of Object.values(tampered(victim.refreshToken, other.refreshToken))) {
      const out = await send(server().url, LOGOUT, { input: { refreshToken: token } });
      expect(out.data).toEqual({ logout: { ended: false } });
      if (!/^[!#-+\--:<-[\]-~]+$/.test(token)) continue;
      const inCookie = await send(server().url, REFRESH, {}, { cookie: `refresh_token=${token}` });
      expect(inCookie.refusal).toEqual(INVALID);
      expect(inCookie.setCookies).toEqual([]);
    }
    expect(await snapshot(database())).toBe(before);
    expect((await send(server().url, ME, {}, bearer(victim.accessToken))).errors).toBeUndefined();
  });

  it('C11 two hundred guesses at one session do not disturb its owner', async () => {
    const before = await evidence(database(), victim.sessionId);
    const guesses = Array.from({ length: 200 }, () => edit(victim.refreshToken, MAC, randomBytes(32)));
    const answers = await Promise.all(guesses.map((token) => refreshWith(server().url, token)));
    for (const { refusal } of answers) expect(refusal).toEqual(INVALID);
    expect(await evidence(database(), victim.sessionId)).toEqual(before);
  });

  it('H1 cannot be made from the session’s stored secret without PORTCULLIS_SECRET', async () => {
    const { secret, generation, branch } = await sessionRow(database(), victim.sessionId);
    const sessionSecret = Buffer.from(secret as Buffer);
    const position = {
      sessionId: victim.sessionId,
      generation: Number(generation) + 1,
      branch: Number(branch),
    };
    const guesses = [
      Buffer.alloc(0),
      Buffer.alloc(32),
      sessionSecret,
      randomBytes(32),
      Buffer.from('secret'),
    ];
    const before = await evidence(database(), victim.sessionId);
    for (const guess of guesses) {
      const token = new RefreshTokenMac([guess]).issue({ ...position, sessionSecret });
      expect((await refreshWith(server().url, token)).refusal).toEqual(INVALID);
    }
    expect(await evidence(database(), victim.sessionId)).toEqual(before);
    const real = new RefreshTokenMac([Buffer.from(SECRET, 'base64')]);
    const withoutRow = real.issue({ ...position, sessionSecret: randomBytes(32) });
    expect((await refreshWith(server().url, withoutRow)).refusal).toEqual(INVALID);
    const honest = real.issue({ ...position, sessionSecret });
    expect((await refreshWith(server().url, honest)).errors).toBeUndefined();
  });
});

onSqlite('a token in a place that is not its own', (database) => {
  const server = runServer(database);

  it('C12 another user’s refresh token with one’s own access token: INVALID, nothing rotated', async () => {
    const [user, other] = [await registerUser(server().url), await registerUser(server().url)];
    const before = await snapshot(database());
    for (const [refresh, access] of [
      [user, other],
      [other, user],
    ] as const) {
      const answer = await refreshWith(server().url, refresh.refreshToken, bearer(access.accessToken));
      expect(answer.refusal).toEqual(INVALID);
    }
    expect(await snapshot(database())).toBe(before);
    const own = await refreshWith(server().url, user.refreshToken, bearer(user.accessToken));
    expect(own.errors).toBeUndefined();
  });

  it('C12 the same in a browser: the cookie of one session, the bearer of another', async () => {
    const user = await registerUser(server().url);
    const admin = await login(server().url);
    const page = new Browser(server().url);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
    const cookie = page.cookie;
    const before = await snapshot(database());
    const answer = await page.send(REFRESH, {}, bearer(admin.accessToken));
    expect(answer.refusal).toEqual(INVALID);
    expect(answer.setCookies).toEqual([]);
    expect(page.cookie).toBe(cookie);
    expect(await snapshot(database())).toBe(before);
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });

  it('C12 an access token as refresh token, in the body and in the cookie: INVALID', async () => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    const texts = [user.accessToken, `pr1_${user.accessToken}`, user.accessToken.split('.')[2] ?? ''];
    for (const text of texts) {
      expect((await refreshWith(server().url, text)).refusal).toEqual(INVALID);
      const inCookie = await send(server().url, REFRESH, {}, { cookie: `refresh_token=${text}` });
      expect(inCookie.refusal).toEqual(INVALID);
      const out = await send(server().url, LOGOUT, { input: { refreshToken: text } });
      expect(out.data).toEqual({ logout: { ended: false } });
    }
    expect(await snapshot(database())).toBe(before);
  });
});

/** What an attack must not change: the session's row, and what the log says of it. */
async function evidence(database: TestDatabase, sessionId: string) {
  return { row: await sessionRow(database, sessionId), audit: await auditOf(database, sessionId) };
}

function edit(token: string, at: number, replacement: Uint8Array): string {
  const bytes = Buffer.from(token.slice(4), 'base64url');
  bytes.set(replacement, at);
  return `pr1_${bytes.toString('base64url')}`;
}

function flip(token: string, bit: number): string {
  const bytes = Buffer.from(token.slice(4), 'base64url');
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return `pr1_${bytes.toString('base64url')}`;
}

/** Tokens that name the victim's session, or are nearly the victim's own. */
function tampered(own: string, foreign: string): Record<string, string> {
  const bytes = Buffer.from(own.slice(4), 'base64url');
  const foreignBytes = Buffer.from(foreign.slice(4), 'base64url');
  const flips = [0, 127, 128, 159, 160, 175, 176, 300, 431].map((bit): [string, string] => [
    `bit ${bit} flipped`,
    flip(own, bit),
  ]);
  return {
    ...Object.fromEntries(flips),
    'a random MAC': edit(own, MAC, randomBytes(32)),
    'a MAC of zeros': edit(own, MAC, Buffer.alloc(32)),
    'the MAC of another session': edit(own, MAC, foreignBytes.subarray(MAC)),
    'the id of the victim in the token of another': edit(foreign, ID, bytes.subarray(ID, GENERATION)),
    'a higher generation': edit(own, GENERATION, Buffer.from([0, 0, 0, 9])),
    'the highest generation': edit(own, GENERATION, Buffer.from([255, 255, 255, 255])),
    'generation zero': edit(own, GENERATION, Buffer.alloc(4)),
    'a higher branch': edit(own, BRANCH, Buffer.from([0, 1])),
    'one byte short': `pr1_${bytes.subarray(0, -1).toString('base64url')}`,
    'one byte long': `pr1_${Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url')}`,
    'the MAC cut off': `pr1_${bytes.subarray(0, MAC).toString('base64url')}`,
    'the id alone': `pr1_${bytes.subarray(0, GENERATION).toString('base64url')}`,
    twice: own + own,
    'without its label': own.slice(4),
    'another label': `pr2_${own.slice(4)}`,
    'its label in upper case': `PR1_${own.slice(4)}`,
    'upper case': own.toUpperCase(),
    padded: `${own}==`,
    'a space after': `${own} `,
    'a space before': ` ${own}`,
    'a newline after': `${own}\n`,
    'a NUL after': `${own}\u0000`,
    'in quotes': `"${own}"`,
    'percent-encoded': encodeURIComponent(`${own}=`),
    'the standard alphabet': `pr1_${bytes.toString('base64')}+/`,
    'in hexadecimal': bytes.toString('hex'),
  };
}
