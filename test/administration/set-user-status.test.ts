import { auditedBy, SET_STATUS } from '../support/administration.ts';
import { bearer, LOGIN, login, ME, refreshWith, registerUser, send, type Tokens } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { sessionRow, snapshot, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

onEachDatabase('setUserStatus', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(server().url);
  });
  const setStatus = (userId: string, status: string, reason?: string) =>
    send(server().url, SET_STATUS, { userId, status, reason }, bearer(admin.accessToken));
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));
  const ended = { reason: 'SESSION_ENDED', endReason: 'USER_SUSPENDED' };

  it('E9 suspends: every session is dead at once, without a refresh, and no login is possible', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const bystander = await registerUser(server().url);
    const answer = await setStatus(user.userId, 'SUSPENDED', 'spam');
    expect(answer.data.setUserStatus).toEqual({ id: user.userId, email: user.email, status: 'SUSPENDED' });
    for (const { accessToken, refreshToken, sessionId } of [user, second]) {
      expect((await me(accessToken)).refusal).toMatchObject(ended);
      expect((await refreshWith(server().url, refreshToken)).refusal).toMatchObject(ended);
      expect(await sessionRow(database(), sessionId)).toMatchObject({
        end_reason: 'USER_SUSPENDED',
        ended_by: (await userRow(database(), admin.userId))['id'],
      });
    }
    const { email, password } = user;
    const input = { email, password, transport: 'BODY' };
    const [suspended, wrong] = [
      await send(server().url, LOGIN, { input }),
      await send(server().url, LOGIN, { input: { ...input, password: 'not this one at all' } }),
    ];
    expect(suspended.text).toBe(wrong.text);
    expect(suspended.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    expect((await me(bystander.accessToken)).errors).toBeUndefined();
  });

  it('reactivates: login works, and what had ended stays ended', async () => {
    const user = await registerUser(server().url);
    await setStatus(user.userId, 'SUSPENDED');
    const row = await sessionRow(database(), user.sessionId);
    const answer = await setStatus(user.userId, 'ACTIVE');
    expect(answer.data.setUserStatus.status).toBe('ACTIVE');
    expect((await me(user.accessToken)).refusal).toMatchObject(ended);
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toMatchObject(ended);
    expect(await sessionRow(database(), user.sessionId)).toEqual(row);
    const again = await login(server().url, user);
    expect((await me(again.accessToken)).data.me.status).toBe('ACTIVE');
    expect((await refreshWith(server().url, again.refreshToken)).errors).toBeUndefined();
  });

  it('changes nothing and says nothing in the log where the status is that already', async () => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    expect((await setStatus(user.userId, 'ACTIVE')).data.setUserStatus.status).toBe('ACTIVE');
    expect(await snapshot(database())).toBe(before);
    await setStatus(user.userId, 'SUSPENDED');
    const suspended = await snapshot(database());
    expect((await setStatus(user.userId, 'SUSPENDED')).data.setUserStatus.status).toBe('SUSPENDED');
    expect(await snapshot(database())).toBe(suspended);
  });

  it('keeps the reason in the log; one that does not fit is refused and nothing happens', async () => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    const unfit = [
      ['TOO_LONG', '😀'.repeat(501)],
      ['TOO_LONG', 'x'.repeat(2_000)],
      ['MALFORMED', 'two\nlines'],
      ['MALFORMED', '\u001b[2Jterminal'],
      ['MALFORMED', 'half \ud800'],
    ] as const;
    for (const [problem, reason] of unfit) {
      const refused = await setStatus(user.userId, 'SUSPENDED', reason);
      expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'reason', problem });
    }
    expect(await snapshot(database())).toBe(before);
    const longest = '😀'.repeat(500);
    const suspending = await auditedBy(server(), database(), () =>
      setStatus(user.userId, 'SUSPENDED', longest),
    );
    expect(suspending.at(-1)).toMatchObject({ type: 'STATUS_CHANGED', detail: `SUSPENDED: ${longest}` });
    const reviving = await auditedBy(server(), database(), () => setStatus(user.userId, 'ACTIVE', '  '));
    expect(reviving).toMatchObject([{ type: 'STATUS_CHANGED', detail: 'ACTIVE' }]);
  });

  it.each([UNKNOWN, 'no id', ''])('knows no user %p', async (id) => {
    expect((await setStatus(id, 'SUSPENDED')).refusal).toEqual({ code: 'NOT_FOUND' });
  });

  it('has no status to set but ACTIVE and SUSPENDED', async () => {
    const user = await registerUser(server().url);
    expect((await setStatus(user.userId, 'DELETED')).status).toBe(400);
    expect((await me(user.accessToken)).errors).toBeUndefined();
  });
});
