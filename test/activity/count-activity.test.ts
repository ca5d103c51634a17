import { HOUR, KEPT_HOURS } from '../../src/activity/activity.ts';
import { ActivityCounts } from '../../src/activity/count-activity.ts';
import type { AuditEvent, AuditEventType } from '../../src/audit/event.ts';
import { runCores } from '../support/core.ts';
import { onEachDatabase } from '../support/databases.ts';

const NOON = 1_760_000_400_000 - (1_760_000_400_000 % HOUR);

function event(type: AuditEventType, at: number): AuditEvent {
  const nobody = { actorId: null, userId: null, sessionId: null, ipAddress: null, userAgent: null };
  return { type, at, ...nobody, detail: null };
}

onEachDatabase('the counts of activity', (database) => {
  const cores = runCores(database, 3);
  const store = (index = 0) => {
    const core = cores()[index];
    if (core === undefined) throw new Error('The cores are open only while the tests run.');
    return core.activity;
  };
  const saved = async () => {
    const counts = await store().since(0);
    return Object.fromEntries(
      counts.map(({ hour, kind, count }) => [`${(hour - NOON) / HOUR} ${kind}`, count]),
    );
  };
  beforeEach(() => database().query('DELETE FROM activity_hours'));

  it('are of the hour in which the event was, by the time that it bears', async () => {
    const counts = new ActivityCounts();
    for (const at of [NOON, NOON + HOUR - 1, NOON + HOUR]) counts.onEvent(event('LOGIN_SUCCEEDED', at));
    counts.onEvent(event('LOGIN_FAILED', NOON));
    counts.onEvent(event('SESSION_ENDED', NOON));
    for (const verdict of ['ROTATED', 'REPLAYED', 'REUSED'] as const) counts.onRefresh(verdict, NOON);
    for (const type of [
      'REAUTHENTICATED',
      'KEY_ROTATED',
      'SESSIONS_REVOKED',
      'REFRESH_TOKEN_REUSED',
    ] as const)
      counts.onEvent(event(type, NOON));
    await counts.saveTo(store());
    expect(await saved()).toEqual({
      '0 LOGIN': 2,
      '1 LOGIN': 1,
      '0 FAILED_LOGIN': 1,
      '0 REVOCATION': 1,
      '0 REFRESH': 2,
    });
  });

  it('are added to what is there, each once', async () => {
    const counts = new ActivityCounts();
    for (const more of [1, 2, 3]) {
      for (let n = 0; n < more; n++) counts.onEvent(event('LOGIN_SUCCEEDED', NOON));
      await counts.saveTo(store());
      await counts.saveTo(store());
    }
    expect(await saved()).toEqual({ '0 LOGIN': 6 });
  });

  it('of instances that save at the same moment are all there', async () => {
    const rounds = 20;
    const saves = Array.from({ length: rounds * 3 }, async (_, n) => {
      const counts = new ActivityCounts();
      // In another order each time, as they happen.
      const types = ['LOGIN_SUCCEEDED', 'SESSION_ENDED', 'LOGIN_FAILED'] as const;
      for (let k = 0; k < 3; k++)
        counts.onEvent(event(types[(n + k) % 3] ?? 'LOGIN_FAILED', NOON + ((n + k) % 2) * HOUR));
      counts.onRefresh('ROTATED', NOON + HOUR);
      await counts.saveTo(store(n % 3));
    });
    await Promise.all(saves);
    const all = await saved();
    expect(all['1 REFRESH']).toBe(rounds * 3);
    const sum = (kind: string) => (all[`0 ${kind}`] ?? 0) + (all[`1 ${kind}`] ?? 0);
    expect(['LOGIN', 'REVOCATION', 'FAILED_LOGIN'].map(sum)).toEqual(Array(3).fill(rounds * 3));
  });

  it('that cannot be saved are kept, saved later with what has come since, and none of them half', async () => {
    const counts = new ActivityCounts();
    counts.onEvent(event('LOGIN_SUCCEEDED', NOON));
    counts.onRefresh('ROTATED', NOON + HOUR);
    await database().query('ALTER TABLE activity_hours RENAME TO activity_hours_away');
    await expect(counts.saveTo(store())).rejects.toThrow('activity_hours');
    counts.onEvent(event('LOGIN_SUCCEEDED', NOON));
    await expect(counts.saveTo(store())).rejects.toThrow('activity_hours');
    await database().query('ALTER TABLE activity_hours_away RENAME TO activity_hours');
    expect(await saved()).toEqual({});
    await counts.saveTo(store());
    expect(await saved()).toEqual({ '0 LOGIN': 2, '1 REFRESH': 1 });
  });

  it('take no more memory than a week of hours, the newest ones', async () => {
    const counts = new ActivityCounts();
    for (let hour = 0; hour < KEPT_HOURS + 10; hour++) counts.onRefresh('ROTATED', NOON + hour * HOUR);
    await counts.saveTo(store());
    const hours = Object.keys(await saved()).map((key) => Number(key.split(' ')[0]));
    expect(hours).toHaveLength(KEPT_HOURS);
    expect([Math.min(...hours), Math.max(...hours)]).toEqual([10, KEPT_HOURS + 9]);
  });
});
