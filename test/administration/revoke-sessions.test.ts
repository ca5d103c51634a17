import { auditedBy, REVOKE_SESSIONS } from '../support/administration.ts';
import { insertSessions, insertUsers } from '../support/bulk-rows.ts';
import {
  bearer,
  login,
  ME,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { snapshot, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';

const DAY = 86_400_000;
const yesterday = Date.now() - DAY;

onEachDatabase('revokeSessions', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(server().url);
  });
  const ask = (filter: object, dryRun?: boolean) =>
    send(server().url, REVOKE_SESSIONS, { filter, dryRun }, bearer(admin.accessToken));
  const counted = async (filter: object, dryRun?: boolean): Promise<number> => {
    const answer = await ask(filter, dryRun);
    if (answer.errors !== undefined) throw new Error(answer.text);
    return answer.data.revokeSessions.revokedCount;
  };
  const end = (filter: object) => counted(filter, false);
  /** Ids of the sessions of an address that have no end. */
  const open = async (address: string) =>
    (await database().query('SELECT id FROM sessions WHERE ip_address = ? AND ended_at IS NULL', [address]))
      .length;

  it('counts first: a dry run, which is the default, ends nothing and writes nothing', async () => {
    const user = await registerUser(server().url);
    await login(server().url, user);
    const filter = { userId: user.userId };
    const before = await snapshot(database());
    expect(await counted(filter)).toBe(2);
    expect(await counted(filter, true)).toBe(2);
    const silent = 'mutation ($filter: SessionFilter!) { revokeSessions(filter: $filter) { revokedCount } }';
    const answer = await send(server().url, silent, { filter }, bearer(admin.accessToken));
    expect(answer.data.revokeSessions.revokedCount).toBe(2);
    expect(await snapshot(database())).toBe(before);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });

  it('ends what it counted, once, with REVOKED_BY_ADMIN, and no other session', async () => {
    const [user, other] = [await registerUser(server().url), await registerUser(server().url)];
    const second = await login(server().url, user);
    const filter = { userId: user.userId };
    expect(await end(filter)).toBe(2);
    const reason = { reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' };
    for (const { accessToken, refreshToken } of [user, second]) {
      expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toMatchObject(reason);
      expect((await refreshWith(server().url, refreshToken)).refusal).toMatchObject(reason);
    }
    expect((await send(server().url, ME, {}, bearer(other.accessToken))).errors).toBeUndefined();
    expect([await end(filter), await counted(filter)]).toEqual([0, 0]);
    const again = await login(server().url, user);
    expect((await send(server().url, ME, {}, bearer(again.accessToken))).errors).toBeUndefined();
  });

  it('is whole where a login came just before it', async () => {
    const user = await registerUser(server().url);
    for (let round = 0; round < 10; round++) {
      const { accessToken } = await login(server().url, user);
      await end({ userId: user.userId });
      const after = await send(server().url, ME, {}, bearer(accessToken));
      expect(after.refusal).toMatchObject({ endReason: 'REVOKED_BY_ADMIN' });
    }
  });

  it('by each condition, and all of them together; those that ended or lie past a deadline do not count', async () => {
    const [one, two] = (await insertUsers(database(), 2)) as [string, string];
    const at = Date.now() - 5 * DAY;
    const address = '198.51.100.21';
    const rows = [
      { user_agent: 'Old/1', created_at: at, last_seen_at: at },
      { user_agent: 'Old/1', created_at: at + DAY, last_seen_at: at + 3 * DAY },
      { user_agent: 'New/1', created_at: at + 2 * DAY, last_seen_at: at + 2 * DAY },
      { user_agent: 'Old/1', created_at: at, last_seen_at: at, ended_at: at + 5, end_reason: 'LOGOUT' },
      { user_agent: 'Old/1', created_at: at, last_seen_at: at, idle_expires_at: at + 5 },
    ];
    await insertSessions(database(), [one, one, two, one, one], (index) => ({
      ended_at: null,
      end_reason: null,
      idle_expires_at: Date.now() + DAY,
      ip_address: address,
      ...rows[index],
    }));
    const time = (days: number) => new Date(at + days * DAY).toISOString();
    expect(await counted({ ipAddress: address })).toBe(3);
    expect(await counted({ ipAddress: address, includeEnded: true })).toBe(3);
    expect(await counted({ ipAddress: address, userId: one })).toBe(2);
    expect(await counted({ ipAddress: address, userAgentContains: 'Old' })).toBe(2);
    expect(await counted({ ipAddress: address, userAgentContains: 'old' })).toBe(0);
    expect(await counted({ ipAddress: address, createdBefore: time(1.5) })).toBe(2);
    expect(await counted({ ipAddress: address, lastSeenBefore: time(2.5) })).toBe(2);
    expect(await end({ ipAddress: address, userAgentContains: 'Old', lastSeenBefore: time(2.5) })).toBe(1);
    expect(await end({ ipAddress: address, includeEnded: true })).toBe(2);
    const ended = await database().query(
      "SELECT id FROM sessions WHERE ip_address = ? AND end_reason = 'REVOKED_BY_ADMIN'",
      [address],
    );
    expect(ended).toHaveLength(3);
  });

  it.each([
    {},
    { includeEnded: true },
    { includeEnded: false },
    { userId: null, ipAddress: null, createdBefore: null, lastSeenBefore: null, userAgentContains: null },
    { userAgentContains: '' },
    { userAgentContains: '', includeEnded: true },
  ])('refuses a filter that names nothing, dry run or not: %j', async (filter) => {
    const before = await snapshot(database());
    for (const dryRun of [true, false]) {
      const refused = await ask(filter, dryRun);
      expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'filter', problem: 'EMPTY' });
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('takes userAgentContains alone', async () => {
    const [user] = (await insertUsers(database(), 1)) as [string];
    await insertSessions(database(), [user, user, user], (index) => ({
      user_agent: index < 2 ? 'EvilBot/6.66' : 'evilbot/6.66',
      ip_address: '198.51.100.22',
    }));
    expect(await counted({ userAgentContains: 'EvilBot' })).toBe(2);
    expect(await end({ userAgentContains: 'EvilBot' })).toBe(2);
    expect(await open('198.51.100.22')).toBe(1);
  });

  it('takes 730 sessions of several users in batches, one of which is ended meanwhile', async () => {
    const address = '198.51.100.23';
    const users = await insertUsers(database(), 7);
    const owners = Array.from({ length: 730 }, (_, index) => users[index % users.length] ?? '');
    // Many of them at one moment, so that a batch ends in the middle of it.
    const ids = await insertSessions(database(), owners, (index) => ({
      created_at: yesterday - Math.floor(index / 150),
      ip_address: address,
    }));
    expect(await counted({ ipAddress: address })).toBe(730);
    const statements = await statementsOf(async () => {
      const [ended] = await Promise.all([
        end({ ipAddress: address }),
        send(server().url, REVOKE_SESSION, { id: ids[0] }, bearer(admin.accessToken)),
      ]);
      expect([729, 730]).toContain(ended);
    });
    expect(await open(address)).toBe(0);
    const updates = statements.filter(({ sql }) => /^UPDATE.*sessions/.test(sql));
    expect(updates.length).toBeGreaterThanOrEqual(8);
    for (const { parameters } of updates) expect(parameters.length).toBeLessThan(110);
    const events = await database().query(
      "SELECT DISTINCT e.session_id FROM audit_events e JOIN sessions s ON s.id = e.session_id WHERE s.ip_address = ? AND e.type = 'SESSION_ENDED'",
      [address],
    );
    expect(events).toHaveLength(730);
    const versions = await Promise.all(users.map((id) => userRow(database(), id)));
    expect(versions.map(({ token_version }) => Number(token_version))).toEqual(users.map(() => 1));
  });

  it('is resumed by running it again: what a run that was cut off had ended stays ended, the rest follows', async () => {
    const address = '198.51.100.24';
    const users = await insertUsers(database(), 3);
    const owners = Array.from({ length: 260 }, (_, index) => users[index % users.length] ?? '');
    const ids = await insertSessions(database(), owners, (index) => ({
      created_at: yesterday - index,
      ip_address: address,
    }));
    // The 151st cannot be ended: the first batch is through, the second one is not.
    const broken = idBytes(ids[150] ?? '').toString('hex');
    const when = `BEFORE UPDATE ON sessions`;
    await database().query(
      database().kind === 'sqlite'
        ? `CREATE TRIGGER cut ${when} WHEN OLD.id = x'${broken}' BEGIN SELECT RAISE(ABORT, 'cut off'); END`
        : `CREATE TRIGGER cut ${when} FOR EACH ROW IF OLD.id = x'${broken}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'cut off'; END IF`,
    );
    const cut = await ask({ ipAddress: address }, false);
    expect(cut.refusal).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await open(address)).toBe(160);
    await database().query('DROP TRIGGER cut');
    expect(await counted({ ipAddress: address })).toBe(160);
    expect(await end({ ipAddress: address })).toBe(160);
    const events = await database().query(
      "SELECT e.id FROM audit_events e JOIN sessions s ON s.id = e.session_id WHERE s.ip_address = ? AND e.type = 'SESSION_ENDED'",
      [address],
    );
    expect(events).toHaveLength(260);
  });

  it('H3 each session is audited by itself, and the act as a whole once', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const by = {
      actorId: admin.userId,
      userId: user.userId,
      ipAddress: '127.0.0.1',
      userAgent: null,
    };
    const filter = { userId: user.userId };
    const query = `mutation { revokeSessions(filter: { userId: "${user.userId}" }, dryRun: false) { revokedCount } }`;
    const headers = { ...bearer(admin.accessToken), 'user-agent': 'Bulk/2.0' };
    const events = await auditedBy(server(), database(), () => send(server().url, query, {}, headers));
    const ended = { ...by, userAgent: 'Bulk/2.0', type: 'SESSION_ENDED', detail: 'REVOKED_BY_ADMIN' };
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        { ...ended, sessionId: user.sessionId },
        { ...ended, sessionId: second.sessionId },
      ]),
    );
    expect(events.at(-1)).toEqual({
      ...by,
      userAgent: 'Bulk/2.0',
      type: 'SESSIONS_REVOKED',
      sessionId: null,
      detail: expect.stringMatching(/^2 by \{.*userId.*\}$/),
    });
    const nothing = await auditedBy(server(), database(), () => end(filter));
    expect(nothing.map(({ type, detail }) => [type, detail?.split(' ')[0]])).toEqual([
      ['SESSIONS_REVOKED', '0'],
    ]);
  });

  it('keeps a very long filter in the log as far as it fits', async () => {
    const events = await auditedBy(server(), database(), () =>
      end({ userAgentContains: '😀'.repeat(40_000) }),
    );
    expect(events).toMatchObject([{ type: 'SESSIONS_REVOKED' }]);
    expect(events[0]?.detail?.length).toBeGreaterThan(900);
  });
});
