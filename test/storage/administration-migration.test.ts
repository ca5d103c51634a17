import type { Core } from '../../src/core.ts';
import { uuid } from '../support/administration.ts';
import { insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { openTestCore } from '../support/core.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { migrationsSince } from '../support/migrations.ts';

const INDEXES = [
  'users_roles',
  'sessions_by_user',
  'sessions_by_address',
  'sessions_open',
  'sessions_by_age',
  'sessions_by_deadline',
  'audit_by_time',
  'audit_by_user',
  'audit_by_session',
  'audit_by_type',
];

const SINCE = migrationsSince('Administration1763856000000');

onEachDatabase('a database of the version before', (database) => {
  let core: Core;
  beforeAll(async () => {
    core = await openTestCore(database());
    await core.database.migrate();
    for (const _ of SINCE) await core.database.writer.undoLastMigration({ transaction: 'none' });
  });
  afterAll(() => core.close());

  const columns = async () => {
    const sql =
      database().kind === 'mysql'
        ? "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'sessions'"
        : "SELECT name FROM pragma_table_info('sessions')";
    return (await database().query(sql)).map(({ name }) => name);
  };
  const indexes = async () => {
    const sql =
      database().kind === 'mysql'
        ? 'SELECT DISTINCT index_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE()'
        : "SELECT name FROM sqlite_master WHERE type = 'index'";
    return (await database().query(sql)).map(({ name }) => String(name));
  };

  it('has none of what is new after the migration was undone', async () => {
    expect(await columns()).not.toContain('ended_by');
    expect((await indexes()).filter((name) => INDEXES.includes(name))).toEqual([]);
  });

  it('is brought up with what is in it, where an earlier attempt was cut off half-way too', async () => {
    const [user] = (await insertUsers(database(), 1)) as [string];
    const type = database().kind === 'mysql' ? 'BINARY(16)' : 'BLOB';
    await database().query(`ALTER TABLE sessions ADD COLUMN ended_by ${type} NULL`);
    const [session] = (await insertSessions(database(), [user])) as [string];
    await database().query('CREATE INDEX users_roles ON users (roles, status)');
    await database().query('CREATE INDEX audit_by_time ON audit_events (at, id)');
    expect(await core.database.migrate()).toEqual(SINCE);
    expect(await columns()).toContain('ended_by');
    expect(await indexes()).toEqual(expect.arrayContaining(INDEXES));
    expect(await core.sessions.find(session)).toMatchObject({ userId: user, endedBy: null });
    expect(await core.database.migrate()).toEqual([]);
  });

  it('keeps of an ended session who ended it', async () => {
    const [user, admin] = (await insertUsers(database(), 2)) as [string, string];
    const [one, two] = (await insertSessions(database(), [user, user])) as [string, string];
    await core.sessions.transact([user], async (tx) => {
      await tx.markEnded([one], { endedAt: tx.now, endReason: 'REVOKED_BY_ADMIN', endedBy: admin });
      await tx.markEnded([two], { endedAt: tx.now, endReason: 'REVOKED_BY_ADMIN', endedBy: null });
    });
    const [row] = await database().query('SELECT ended_by FROM sessions WHERE id = ?', [idBytes(one)]);
    expect(uuid(row?.['ended_by'])).toBe(admin);
    expect((await core.sessions.find(one))?.endedBy).toBe(admin);
    expect((await core.sessions.find(two))?.endedBy).toBeNull();
  });
});
