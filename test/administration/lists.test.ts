import { type AdminNode, adminLists } from '../support/admin-lists.ts';
import { AUDIT_EVENTS, SESSIONS, SET_STATUS, USER, USERS } from '../support/administration.ts';
import { insertEvents, insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { LOGIN, REGISTER, registerUser, send } from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { aTime } from '../support/payloads.ts';
import { runServer } from '../support/running.ts';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const DAY = 86_400_000;

onEachDatabase('the lists of administration', (database) => {
  const server = runServer(database);
  const { ask, nodes, ids } = adminLists(server);

  describe('user', () => {
    it('is the account of an id, in any case of its letters', async () => {
      const user = await registerUser(server().url);
      const known = {
        id: user.userId,
        email: user.email,
        displayName: null,
        roles: ['USER'],
        status: 'ACTIVE',
        createdAt: aTime(),
      };
      expect((await ask(USER, { id: user.userId })).data).toEqual({ user: known });
      expect((await ask(USER, { id: user.userId.toUpperCase() })).data).toEqual({ user: known });
      await ask(SET_STATUS, { userId: user.userId, status: 'SUSPENDED' });
      expect((await ask(USER, { id: user.userId })).data.user.status).toBe('SUSPENDED');
    });

    it.each([UNKNOWN, 'no id', '', '%'])('is null for %p', async (id) => {
      const answer = await ask(USER, { id });
      expect([answer.data, answer.errors]).toEqual([{ user: null }, undefined]);
    });
  });

  describe('users', () => {
    it('are listed by e-mail; search is a prefix of it, in any spelling that is the same e-mail', async () => {
      const emails = ['lst-b@x.org', 'lst-a@x.org', 'lst-ä@x.org', 'lst-@x.org', 'lsu@x.org', 'a-lst-@x.org'];
      await insertUsers(database(), emails.length, (index) => ({ email: emails[index] ?? null }));
      const inOrder = ['lst-@x.org', 'lst-a@x.org', 'lst-b@x.org', 'lst-ä@x.org'];
      for (const search of ['lst-', ' LST-', 'Lst-']) {
        const found = await nodes(USERS, { search });
        expect(found.map(({ email }) => email)).toEqual(inOrder);
      }
      expect((await nodes(USERS, { search: 'lst-A\u0308' })).map(({ email }) => email)).toEqual([
        'lst-ä@x.org',
      ]);
      expect(await nodes(USERS, { search: 'lst-b@x.org' })).toHaveLength(1);
      expect(await nodes(USERS, { search: 'lst-b@x.orgy' })).toEqual([]);
    });

    it.each(['%', '_', '%@%', "' OR 1=1 --", '\\', '*', '\u0000', '\u{10ffff}', 'x'.repeat(10_000)])(
      'takes no pattern: %p is what it is',
      async (search) => {
        expect(await nodes(USERS, { search })).toEqual([]);
      },
    );

    it('are all of them without search, suspended ones too, deleted ones not', async () => {
      const [suspended, deleted] = await insertUsers(database(), 2, (index) =>
        index === 0 ? { status: 'SUSPENDED' } : { status: 'DELETED', email: null },
      );
      const [total] = await database().query('SELECT COUNT(*) AS n FROM users WHERE email IS NOT NULL');
      for (const search of [undefined, null, '', '  ']) {
        const found = await ids(USERS, { search, first: 200 });
        expect(found).toHaveLength(Number(total?.['n']));
        expect(found).toContain(suspended);
        expect(found).not.toContain(deleted);
      }
    });
  });

  describe('auditEvents', () => {
    it('are everything of the log, newest first, with all that is known', async () => {
      const input = { email: `log-${Math.random()}@example.com`, password: 'vexing plumb quartz' };
      const { user, session } = (
        await send(
          server().url,
          REGISTER,
          { input: { ...input, transport: 'BODY' } },
          { 'user-agent': 'R/1' },
        )
      ).data.register;
      await send(server().url, LOGIN, { input: { ...input, password: 'wrong' } }, { 'user-agent': 'W/1' });
      const [failed, succeeded, created] = await nodes(AUDIT_EVENTS, { first: 3 });
      const common = { id: expect.any(String), at: aTime(), userId: user.id, ipAddress: '127.0.0.1' };
      expect(failed).toEqual({
        ...common,
        type: 'LOGIN_FAILED',
        actorId: null,
        sessionId: null,
        userAgent: 'W/1',
        detail: 'INVALID_CREDENTIALS',
      });
      const by = { ...common, actorId: user.id, userAgent: 'R/1', detail: null };
      expect(succeeded).toEqual({ ...by, type: 'LOGIN_SUCCEEDED', sessionId: session.id });
      expect(created).toEqual({ ...by, type: 'USER_CREATED', sessionId: null });
    });

    it('by userId, sessionId, types, since, and by several at once', async () => {
      const [one, two] = (await insertUsers(database(), 2)) as [string, string];
      const [session] = (await insertSessions(database(), [one])) as [string];
      const at = Date.now() - 5 * DAY;
      const types = ['LOGIN_SUCCEEDED', 'ROLES_CHANGED', 'SESSION_ENDED', 'STATUS_CHANGED', 'ROLES_CHANGED'];
      const inserted = await insertEvents(database(), types.length, (index) => ({
        at: at + index * DAY,
        type: types[index] ?? '',
        user_id: idBytes(index < 4 ? one : two),
        session_id: index === 0 || index === 2 ? idBytes(session) : null,
      }));
      const [a, b, c, d] = inserted;
      const by = (filter: object) => ids(AUDIT_EVENTS, { filter });
      const since = (days: number) => new Date(at + days * DAY).toISOString();
      expect(await by({ userId: one })).toEqual([d, c, b, a]);
      expect(await by({ sessionId: session })).toEqual([c, a]);
      expect(await by({ userId: one, types: ['ROLES_CHANGED'] })).toEqual([b]);
      expect(
        await by({ userId: one, types: ['STATUS_CHANGED', 'LOGIN_SUCCEEDED', 'STATUS_CHANGED'] }),
      ).toEqual([d, a]);
      expect(await by({ userId: one, since: since(1) })).toEqual([d, c, b]);
      expect(await by({ userId: one, since: since(3.5) })).toEqual([]);
      expect(await by({ sessionId: session, types: ['SESSION_ENDED'], since: since(1) })).toEqual([c]);
      expect(await by({ userId: two, sessionId: session })).toEqual([]);
      expect(await by({ userId: one, types: [] })).toEqual([]);
      expect(await by({ types: ['ROLES_CHANGED'], since: since(0) })).toEqual(
        expect.arrayContaining([inserted[4], b]),
      );
    });

    it.each(['since', 'createdBefore', 'lastSeenBefore'])('%s takes any time there is', async (field) => {
      for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '1969-07-20T20:17:40Z']) {
        const query = field === 'since' ? AUDIT_EVENTS : SESSIONS;
        expect((await ask(query, { filter: { [field]: time } })).errors).toBeUndefined();
      }
    });
  });

  describe('in all of them', () => {
    const LISTS = [
      ['users', USERS],
      ['sessions', SESSIONS],
      ['auditEvents', AUDIT_EVENTS],
    ] as const;

    it.each(LISTS)('%s: first is 50 where nothing is said, and between 1 and 200', async (name, query) => {
      await insertUsers(database(), 60);
      const [owner] = (await insertUsers(database(), 1)) as [string];
      await insertSessions(
        database(),
        Array.from({ length: 210 }, () => owner),
      );
      await insertEvents(database(), 210);
      for (const first of [undefined, null, 50]) {
        const { data } = await ask(query, { first });
        expect(data[name].nodes).toHaveLength(50);
        expect(data[name].pageInfo.hasNextPage).toBe(true);
      }
      expect((await ask(query, { first: 1 })).data[name].nodes).toHaveLength(1);
      const most = await ask(query, { first: 200 });
      expect(most.data[name].nodes.length).toBeGreaterThan(60);
      for (const first of [0, -1, 201, 2_147_483_647, -2_147_483_648]) {
        const refused = await ask(query, { first });
        expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'first', problem: 'OUT_OF_RANGE' });
      }
    });

    it.each([
      ['sessions', SESSIONS, 'userId'],
      ['auditEvents', AUDIT_EVENTS, 'userId'],
      ['auditEvents', AUDIT_EVENTS, 'sessionId'],
    ])('%s: an unknown id finds nothing, a malformed one is said to be', async (name, query, field) => {
      const unknown = await ask(query, { filter: { [field]: UNKNOWN } });
      expect(unknown.data[name]).toEqual({
        edges: [],
        nodes: [],
        pageInfo: { hasNextPage: false, endCursor: null },
      });
      for (const id of ['no id', '', `${UNKNOWN}0`, "' OR 1=1 --"]) {
        const refused = await ask(query, { filter: { [field]: id } });
        expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field, problem: 'MALFORMED' });
      }
    });

    it.each(LISTS)('%s: edges and nodes tell the same, each edge with its cursor', async (name, query) => {
      const { edges, nodes: same, pageInfo } = (await ask(query, { first: 10 })).data[name];
      expect(edges.map(({ node }: AdminNode) => node.id)).toEqual(same.map(({ id }: AdminNode) => id));
      expect(new Set(edges.map(({ cursor }: AdminNode) => cursor)).size).toBe(edges.length);
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
    });
  });
});
