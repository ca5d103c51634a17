import { auditedBy, auditLines, type LoggedEvent, SET_STATUS } from '../support/administration.ts';
import { Browser } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  login,
  ME,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import {
  ACTS,
  AGENT,
  asAdmin,
  asNobody,
  byAdmin,
  type Expected,
  failed,
  inputOf,
  NEW_PASSWORD,
  type Scene,
  SILENT,
} from './audited-acts.ts';

onEachDatabase('H3 the security log', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(server().url);
  });

  afterEach(async () => {
    await database().query('DROP TRIGGER IF EXISTS unwritable');
    await database().query("UPDATE users SET roles = 'USER' WHERE email <> ?", [ADMIN.email]);
  });

  async function scene(): Promise<Scene> {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    return { url: server().url, user, second, admin, agent: { 'user-agent': AGENT } };
  }

  function whole(expected: Expected): LoggedEvent {
    const nothing = { actorId: null, userId: null, sessionId: null, detail: null };
    return { ...nothing, ipAddress: '127.0.0.1', userAgent: AGENT, ...expected };
  }

  const inAnyOrder = (events: readonly LoggedEvent[]) =>
    [...events].sort((a, b) => `${a.type}${a.sessionId}`.localeCompare(`${b.type}${b.sessionId}`));

  it.each(Object.entries(ACTS))('has of %s exactly what it did, as rows and as lines', async (_, act) => {
    const played = await scene();
    const events = await auditedBy(server(), database(), () => act.run(played));
    expect(inAnyOrder(events)).toEqual(inAnyOrder(act.writes(played).map(whole)));
  });

  it.each(Object.entries(SILENT))('has nothing of %s', async (_, run) => {
    const played = await scene();
    expect(await auditedBy(server(), database(), () => run(played))).toEqual([]);
  });

  it('has of a reactivation that it was one', async () => {
    const played = await scene();
    await asAdmin(SET_STATUS, ({ user }) => ({ userId: user.userId, status: 'SUSPENDED' }))(played);
    const reactivate = asAdmin(SET_STATUS, ({ user }) => ({ userId: user.userId, status: 'ACTIVE' }));
    const events = await auditedBy(server(), database(), () => reactivate(played));
    expect(events).toEqual([whole({ type: 'STATUS_CHANGED', ...byAdmin(played), detail: 'ACTIVE' })]);
    await asAdmin(SET_STATUS, ({ user }) => ({ userId: user.userId, status: 'SUSPENDED' }))(played);
    const attempt = await auditedBy(server(), database(), () => asNobody(LOGIN, inputOf())(played));
    expect(attempt).toEqual([whole(failed(played))]);
  });

  it('has of a registration the account and its first session', async () => {
    const input = { email: `new-${Math.random()}@example.com`, password: NEW_PASSWORD, transport: 'BODY' };
    let made: Tokens | undefined;
    const events = await auditedBy(server(), database(), async () => {
      made = tokensOf(await send(server().url, REGISTER, { input }, { 'user-agent': AGENT }), 'register');
    });
    const by = { actorId: made?.userId ?? '', userId: made?.userId ?? '' };
    expect(inAnyOrder(events)).toEqual(
      inAnyOrder([
        whole({ type: 'USER_CREATED', ...by }),
        whole({ type: 'LOGIN_SUCCEEDED', ...by, sessionId: made?.sessionId ?? '' }),
      ]),
    );
  });

  it('has of a browser’s login over its session the end of that one too', async () => {
    const page = new Browser(server().url);
    const input = { email: `page-${Math.random()}@example.com`, password: NEW_PASSWORD };
    const { user, session } = (await page.send(REGISTER, { input })).data.register;
    const events = await auditedBy(server(), database(), () =>
      page.send(LOGIN, { input }, { 'user-agent': AGENT }),
    );
    const by = { actorId: user.id, userId: user.id };
    expect(events).toEqual([
      whole({ type: 'SESSION_ENDED', ...by, sessionId: session.id, detail: 'LOGOUT' }),
      whole({ type: 'LOGIN_SUCCEEDED', ...by, sessionId: expect.any(String) }),
    ]);
  });

  it('has of a replay from elsewhere that it was served, and of reuse that the session ended: by nobody known', async () => {
    const { user } = await scene();
    await refreshWith(server().url, user.refreshToken);
    const replay = await auditedBy(server(), database(), () =>
      refreshWith(server().url, user.refreshToken, { 'user-agent': AGENT }),
    );
    const of = { actorId: null, userId: user.userId, sessionId: user.sessionId };
    expect(replay).toEqual([whole({ type: 'REFRESH_REPLAYED', ...of })]);
    await refreshWith(
      server().url,
      tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh').refreshToken,
    );
    await database().age(user.sessionId, 40_000);
    const reuse = await auditedBy(server(), database(), () =>
      refreshWith(server().url, user.refreshToken, { 'user-agent': AGENT }),
    );
    expect(reuse).toEqual([
      whole({ type: 'REFRESH_TOKEN_REUSED', ...of, detail: expect.stringMatching(/^generation 0 branch 0/) }),
      whole({ type: 'SESSION_ENDED', ...of, detail: 'REFRESH_TOKEN_REUSE' }),
    ]);
  });

  describe.each([
    ['the log cannot be written', 'INSERT ON audit_events'],
    ['an account cannot be written', 'UPDATE ON users'],
    ['a session cannot be written', 'UPDATE ON sessions'],
  ])('where %s', (_, event) => {
    const refusal = 'this row cannot be written';

    it.each(Object.entries(ACTS))(
      '%s changes nothing, or is in the log with all that it did',
      async (__, act) => {
        const played = await scene();
        await database().query(
          database().kind === 'sqlite'
            ? `CREATE TRIGGER unwritable BEFORE ${event} BEGIN SELECT RAISE(ABORT, '${refusal}'); END`
            : `CREATE TRIGGER unwritable BEFORE ${event} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${refusal}'`,
        );
        const before = await snapshot(database());
        const lines = auditLines(server()).length;
        const answer = (await act.run(played)) as Awaited<ReturnType<typeof send>>;
        if (answer.refusal?.['code'] === 'INTERNAL_SERVER_ERROR') {
          expect(answer.text).not.toContain(refusal);
          expect(await snapshot(database())).toBe(before);
          expect(auditLines(server()).length).toBe(lines);
          return;
        }
        expect(event).not.toContain('audit_events');
        expect(auditLines(server()).length).toBe(lines + act.writes(played).length);
      },
    );
  });

  it('can be read by an admin alone', async () => {
    const { user, agent } = await scene();
    const query = '{ auditEvents(first: 1) { nodes { id } } }';
    const refused = await send(server().url, query, {}, { ...agent, ...bearer(user.accessToken) });
    expect(refused.refusal).toEqual({ code: 'FORBIDDEN' });
    expect((await send(server().url, query, {}, bearer(admin.accessToken))).errors).toBeUndefined();
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });
});
