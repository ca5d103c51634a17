import { LOGIN, registerUser, send } from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';

const LOGINS = 20;

const CASES: readonly (readonly [number, 'evict' | 'refuse'])[] = [
  [1, 'evict'],
  [3, 'refuse'],
];

describe.each(CASES)('MAX_SESSIONS_PER_USER=%i, %s', (limit, policy) => {
  onEachDatabase('and 20 logins at once', (database) => {
    const urls = runInstances(database, {
      MAX_SESSIONS_PER_USER: String(limit),
      SESSION_LIMIT_POLICY: policy,
    });

    /** @returns the live sessions after 20 logins at once, and how many of these were let in */
    async function storm(): Promise<{ live: number; admitted: number; refused: number }> {
      const { userId, email, password } = await registerUser(instance(urls(), 0));
      const input = { email, password, transport: 'BODY' };
      const answers = await Promise.all(
        Array.from({ length: LOGINS }, (_, turn) => send(instance(urls(), turn), LOGIN, { input })),
      );
      const rows = await database().query('SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL', [
        idBytes(userId),
      ]);
      return {
        live: rows.length,
        admitted: answers.filter(({ errors }) => errors === undefined).length,
        refused: answers.filter(({ refusal }) => refusal?.['code'] === 'SESSION_LIMIT').length,
      };
    }

    // Registration took one of the places.
    const admitted = policy === 'evict' ? LOGINS : limit - 1;
    const exact = { live: limit, admitted, refused: LOGINS - admitted };

    it('never exceeds it, and lets in as many as there is room for', async () => {
      for (let round = 0; round < 3; round++) expect(await storm()).toEqual(exact);
      expect(await withGaps(storm)).toEqual(exact);
    });

    it('would be noticed without the locks', async () => {
      const live = await withoutLocks(async () => {
        for (let round = 0; round < 20; round++) {
          const found = await storm().catch(() => exact);
          if (found.live > limit) return found.live;
        }
        return limit;
      });
      expect(live).toBeGreaterThan(limit);
    });
  });
});
