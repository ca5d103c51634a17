import {
  bearer,
  login,
  ME,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

/** REFRESH_GRACE is 30 s. */
const PAST_WINDOW = 31_000;
const REUSED = {
  code: 'UNAUTHENTICATED',
  reason: 'SESSION_ENDED',
  endReason: 'REFRESH_TOKEN_REUSE',
  endedAt: expect.any(String),
};

onEachDatabase('a refresh token that comes a second time', (database) => {
  const server = runServer(database);
  const refreshed = async (tokens: Tokens, headers?: Record<string, string>) =>
    tokensOf(await refreshWith(server().url, tokens.refreshToken, headers), 'refresh');
  const refusalOf = async (tokens: Tokens, headers?: Record<string, string>) =>
    (await refreshWith(server().url, tokens.refreshToken, headers)).refusal;
  const accessRefusal = async (tokens: Tokens) =>
    (await send(server().url, ME, {}, bearer(tokens.accessToken))).refusal;
  const typesOf = async (sessionId: string) => (await auditOf(database(), sessionId)).map(({ type }) => type);

  it('C2 after the window, with its successor seen, ends the session and its access tokens', async () => {
    const first = await registerUser(server().url);
    const elsewhere = await login(server().url, first);
    const second = await refreshed(first);
    await refreshed(second);
    await database().age(first.sessionId, PAST_WINDOW);
    expect(await accessRefusal(second)).toBeUndefined();

    expect(await refusalOf(first, { 'user-agent': 'Thief/1.0' })).toEqual(REUSED);
    for (const tokens of [first, second]) {
      expect(await accessRefusal(tokens)).toEqual(REUSED);
      expect(await refusalOf(tokens)).toEqual(REUSED);
    }
    expect(await typesOf(first.sessionId)).toEqual([
      'LOGIN_SUCCEEDED',
      'REFRESH_TOKEN_REUSED',
      'SESSION_ENDED',
    ]);
    const [reuse] = await auditOf(database(), first.sessionId, 'REFRESH_TOKEN_REUSED');
    expect(reuse).toMatchObject({ user_agent: 'Thief/1.0', ip_address: '127.0.0.1', actor_id: null });
    const [ending] = await auditOf(database(), first.sessionId, 'SESSION_ENDED');
    expect(ending?.['detail']).toBe('REFRESH_TOKEN_REUSE');
    expect(await accessRefusal(elsewhere)).toBeUndefined();
  });

  it('C2 is one event however many present it at once', async () => {
    const first = await registerUser(server().url);
    const second = await refreshed(first);
    await refreshed(second);
    await database().age(first.sessionId, PAST_WINDOW);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refusalOf(first)));
    for (const refusal of answers) expect(refusal).toEqual(REUSED);
    expect(await auditOf(database(), first.sessionId, 'REFRESH_TOKEN_REUSED')).toHaveLength(1);
  });

  it('C4 after the window, with its successor never seen, is a retry: served, and the lost branch is dead', async () => {
    const first = await registerUser(server().url);
    const lost = await refreshed(first);
    await database().age(first.sessionId, PAST_WINDOW);
    const retried = await refreshed(first);
    expect(retried.refreshToken).not.toBe(lost.refreshToken);
    expect(await accessRefusal(retried)).toBeUndefined();
    expect(await typesOf(first.sessionId)).toEqual(['LOGIN_SUCCEEDED']);

    expect(await refusalOf(lost)).toEqual(REUSED);
    expect(await accessRefusal(retried)).toEqual(REUSED);
  });

  it('C3 an older ancestor is reuse inside the window too; the parent is served', async () => {
    const first = await registerUser(server().url);
    const second = await refreshed(first);
    await database().age(first.sessionId, PAST_WINDOW);
    const third = await refreshed(second);
    expect((await refreshed(second)).refreshToken).toBe(third.refreshToken);
    expect(await accessRefusal(third)).toBeUndefined();

    expect(await refusalOf(first)).toEqual(REUSED);
    for (const tokens of [first, second, third]) expect(await accessRefusal(tokens)).toEqual(REUSED);
    expect(await auditOf(database(), first.sessionId, 'REFRESH_TOKEN_REUSED')).toHaveLength(1);
  });

  it('C3 the grandparent is reuse although all three came within one moment', async () => {
    const first = await registerUser(server().url);
    const second = await refreshed(first);
    await database().age(first.sessionId, PAST_WINDOW);
    await refreshed(second);
    expect(await refusalOf(first)).toEqual(REUSED);
  });

  it('C6 inside the window gets the same successor, and is no event; so does the successor itself', async () => {
    const first = await registerUser(server().url);
    const second = await refreshed(first);
    const before = await sessionRow(database(), first.sessionId);
    for (let tab = 0; tab < 3; tab++) {
      expect((await refreshed(first)).refreshToken).toBe(second.refreshToken);
    }
    expect(await sessionRow(database(), first.sessionId)).toEqual(before);
    expect((await refreshed(second)).refreshToken).toBe(second.refreshToken);
    const seen = await sessionRow(database(), first.sessionId);
    expect(seen).toEqual({ ...before, successor_seen: 1 });
    expect((await refreshed(first)).refreshToken).toBe(second.refreshToken);
    expect(await typesOf(first.sessionId)).toEqual(['LOGIN_SUCCEEDED']);
  });

  it('C3 inside the window from another user agent is served and audited, from the same one not', async () => {
    const laptop = { 'user-agent': 'Laptop/1.0' };
    const first = await registerUser(server().url);
    const second = await refreshed(first, laptop);
    await refreshed(first, laptop);
    expect(await auditOf(database(), first.sessionId, 'REFRESH_REPLAYED')).toEqual([]);

    const other = await refreshed(first, { 'user-agent': 'Phone/1.0' });
    expect(other.refreshToken).toBe(second.refreshToken);
    expect(await accessRefusal(other)).toBeUndefined();
    const replays = await auditOf(database(), first.sessionId, 'REFRESH_REPLAYED');
    expect(replays).toHaveLength(1);
    expect(replays[0]).toMatchObject({ user_agent: 'Phone/1.0', ip_address: '127.0.0.1' });
    expect(await sessionRow(database(), first.sessionId)).toMatchObject({ user_agent: 'Laptop/1.0' });
  });

  it('C5 a thief and a victim in turn are found out within two turns', async () => {
    const stolen = await registerUser(server().url);
    const thief = await refreshed(stolen, { 'user-agent': 'Thief/1.0' });
    await refreshed(thief, { 'user-agent': 'Thief/1.0' });
    await database().age(stolen.sessionId, PAST_WINDOW);
    expect(await refusalOf(stolen)).toEqual(REUSED);

    const again = await registerUser(server().url);
    const victim = await refreshed(again);
    await database().age(again.sessionId, PAST_WINDOW);
    const late = await refreshed(again, { 'user-agent': 'Thief/1.0' });
    await database().age(again.sessionId, PAST_WINDOW);
    expect(await refusalOf(victim)).toEqual(REUSED);
    expect(await accessRefusal(late)).toEqual(REUSED);
  });
});

onEachDatabase('a refresh token that comes a second time, where there is no window', (database) => {
  const server = runServer(database, { REFRESH_GRACE: '0s' });

  it('C2 is reuse as soon as its successor has been used', async () => {
    const first = await registerUser(server().url);
    const second = tokensOf(await refreshWith(server().url, first.refreshToken), 'refresh');
    await refreshWith(server().url, second.refreshToken);
    expect((await refreshWith(server().url, first.refreshToken)).refusal).toEqual(REUSED);
  });
});
