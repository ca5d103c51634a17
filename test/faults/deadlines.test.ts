import { setTimeout as sleep } from 'node:timers/promises';
import {
  bearer,
  login,
  ME,
  MY_SESSIONS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { sessionRow } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PAST_WINDOW = 31 * SECOND;

const ended = (reason: string) => ({
  code: 'UNAUTHENTICATED',
  reason: 'SESSION_ENDED',
  endReason: reason,
  endedAt: expect.any(String),
});

onEachDatabase('the deadlines of a session', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '5m', SESSION_LIFETIME: '30m' });
  const refusalOf = async ({ accessToken }: Tokens) =>
    (await send(server().url, ME, {}, bearer(accessToken))).refusal;
  const refresh = ({ refreshToken }: Tokens) => refreshWith(server().url, refreshToken);

  /**
   * Ages a session until a second is left to its deadline, and asks. Whoever was too slow, so that the deadline had
   * passed when the answer came, tries again with another session.
   */
  async function aSecondBefore(
    column: 'idle_expires_at' | 'expires_at',
    ask: (tokens: Tokens) => Promise<unknown>,
  ): Promise<Tokens> {
    for (;;) {
      const tokens = await registerUser(server().url);
      const deadline = Number((await sessionRow(database(), tokens.sessionId))[column]);
      if (column === 'expires_at') await keepFromIdling(tokens);
      await database().age(tokens.sessionId, deadline - Date.now() - SECOND);
      const refusal = await ask(tokens);
      const left = Number((await sessionRow(database(), tokens.sessionId))[column]) - Date.now();
      if (left < 100) continue;
      expect(refusal).toBeUndefined();
      return tokens;
    }
  }

  /** As if it had been used until the end: only the absolute lifetime is left. */
  async function keepFromIdling({ sessionId }: Tokens): Promise<void> {
    const id = Buffer.from(sessionId.replaceAll('-', ''), 'hex');
    await database().query('UPDATE sessions SET idle_expires_at = expires_at WHERE id = ?', [id]);
  }

  it.each([
    ['IDLE_TIMEOUT', 'idle_expires_at'],
    ['LIFETIME_REACHED', 'expires_at'],
  ] as const)('C10 %s: good a second before it, refused a second after it', async (reason, column) => {
    const tokens = await aSecondBefore(column, refusalOf);
    await database().age(tokens.sessionId, 2 * SECOND);
    expect(await refusalOf(tokens)).toEqual(ended(reason));
    expect((await refresh(tokens)).refusal).toEqual(ended(reason));
  });

  it('C10 a refresh a second before the inactivity timeout keeps the session', async () => {
    const kept: Tokens[] = [];
    const tokens = await aSecondBefore('idle_expires_at', async (found) => {
      const answer = await refresh(found);
      if (answer.errors === undefined) kept.unshift(tokensOf(answer, 'refresh'));
      return answer.refusal;
    });
    await database().age(tokens.sessionId, 4 * MINUTE);
    expect(await refusalOf(kept[0] ?? tokens)).toBeUndefined();
  });

  it('C10 refreshed every minute it lives past the inactivity timeout, and not past its lifetime', async () => {
    let tokens: Tokens = await registerUser(server().url);
    for (let minute = 1; minute < 30; minute++) {
      await database().age(tokens.sessionId, MINUTE);
      tokens = tokensOf(await refresh(tokens), 'refresh');
      expect(await refusalOf(tokens)).toBeUndefined();
    }
    await database().age(tokens.sessionId, MINUTE);
    expect((await refresh(tokens)).refusal).toEqual(ended('LIFETIME_REACHED'));
    expect(await refusalOf(tokens)).toEqual(ended('LIFETIME_REACHED'));
  });

  it('C10 used every minute without a refresh it ends at the inactivity timeout: only a rotation is use', async () => {
    const tokens = await registerUser(server().url);
    for (let minute = 1; minute < 5; minute++) {
      await database().age(tokens.sessionId, MINUTE);
      expect((await send(server().url, MY_SESSIONS, {}, bearer(tokens.accessToken))).errors).toBeUndefined();
    }
    await database().age(tokens.sessionId, MINUTE);
    expect(await refusalOf(tokens)).toEqual(ended('IDLE_TIMEOUT'));
  });

  it('C10 replayed in the window it moves no deadline', async () => {
    const first = await registerUser(server().url);
    const second = tokensOf(await refresh(first), 'refresh');
    const before = await sessionRow(database(), first.sessionId);
    await database().age(first.sessionId, 10 * SECOND);
    for (const tokens of [first, second, first, second]) tokensOf(await refresh(tokens), 'refresh');
    const after = await sessionRow(database(), first.sessionId);
    for (const column of ['idle_expires_at', 'expires_at', 'last_seen_at', 'rotated_at'])
      expect(Number(after[column])).toBe(Number(before[column]) - 10 * SECOND);
  });

  it('C10 a presentation after a deadline is no reuse, whatever it would have been before', async () => {
    const first = await registerUser(server().url);
    const second = tokensOf(await refresh(first), 'refresh');
    await database().age(first.sessionId, PAST_WINDOW);
    tokensOf(await refresh(second), 'refresh');
    await database().age(first.sessionId, 6 * MINUTE);
    expect((await refresh(first)).refusal).toEqual(ended('IDLE_TIMEOUT'));
    expect(await sessionRow(database(), first.sessionId)).toMatchObject({ ended_at: null, end_reason: null });
  });
});

onSqlite('the deadlines of a session, in real time', (database) => {
  // Without a window every refresh is a rotation, and so a use.
  const env = { SESSION_IDLE_TTL: '2s', SESSION_LIFETIME: '4s', REFRESH_GRACE: '0s' };
  const server = runServer(database, env);

  it('C10 end the session that is not refreshed, and later the one that is', async () => {
    const idle = await registerUser(server().url);
    const used = await login(server().url, idle);
    const deadlineOf = async ({ sessionId }: Tokens, column: string) =>
      new Date(Number((await sessionRow(database(), sessionId))[column])).toISOString();
    const idleEnd = await deadlineOf(idle, 'idle_expires_at');
    const lifeEnd = await deadlineOf(used, 'expires_at');

    let answer = await refreshWith(server().url, used.refreshToken);
    while (answer.errors === undefined) {
      await sleep(200);
      answer = await refreshWith(server().url, tokensOf(answer, 'refresh').refreshToken);
    }
    expect(answer.refusal).toEqual({ ...ended('LIFETIME_REACHED'), endedAt: lifeEnd });
    const other = await refreshWith(server().url, idle.refreshToken);
    expect(other.refusal).toEqual({ ...ended('IDLE_TIMEOUT'), endedAt: idleEnd });
  });
});
