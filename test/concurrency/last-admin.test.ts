import { DELETE_USER, SET_ROLES, SET_STATUS } from '../support/administration.ts';
import { bearer, login, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { changeUser, userRow } from '../support/rows.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';

const REMOVALS: readonly (readonly [string, object])[] = [
  [SET_ROLES, { roles: ['USER'] }],
  [SET_STATUS, { status: 'SUSPENDED' }],
  [DELETE_USER, {}],
];

/** Whoever is removed before their own turn is denied as such; nobody meets a failure. */
const OUTCOMES = ['done', 'LAST_ADMIN', 'SESSION_ENDED', 'STALE'];

onEachDatabase('admins who remove one another at the same moment', (database) => {
  const urls = runInstances(database);
  const accounts: { email: string; password: string; userId: string; passwordHash: string }[] = [];
  beforeAll(async () => {
    while (accounts.length < 4) {
      const user = await registerUser(instance(urls(), accounts.length));
      const passwordHash = String((await userRow(database(), user.userId))['password_hash']);
      accounts.push({ ...user, passwordHash });
    }
  });

  /** Of the accounts, the first ones are the only admins there are, whatever was done to them. */
  async function restore(count: number): Promise<void> {
    await database().query("UPDATE users SET roles = 'USER'");
    for (const { userId, email, passwordHash } of accounts.slice(0, count)) {
      const columns = { email, password_hash: passwordHash, roles: 'USER,ADMIN', status: 'ACTIVE' };
      await changeUser(database(), userId, columns);
    }
  }

  /**
   * So many admins each remove the next at once, each at another instance and in any of the three ways.
   *
   * @returns how many are left
   */
  async function round(turn: number, count: number): Promise<number> {
    await restore(count);
    const admins = await Promise.all(
      accounts.slice(0, count).map((account, index) => login(instance(urls(), index), account)),
    );
    const outcomes = await Promise.all(
      admins.map(async ({ accessToken }, index) => {
        const [query, more] = REMOVALS[(turn + index) % REMOVALS.length] ?? [SET_ROLES, {}];
        const userId = admins[(index + 1) % admins.length]?.userId;
        const { refusal } = await send(
          instance(urls(), index),
          query,
          { userId, ...more },
          bearer(accessToken),
        );
        return refusal === undefined ? 'done' : (refusal['problem'] ?? refusal['reason'] ?? refusal['code']);
      }),
    );
    expect(outcomes.filter((outcome) => !OUTCOMES.includes(String(outcome)))).toEqual([]);
    const rows = await database().query(
      "SELECT id FROM users WHERE roles = 'USER,ADMIN' AND status = 'ACTIVE'",
    );
    return rows.length;
  }

  it('never leave nobody: of two one stays, 50 rounds', async () => {
    for (let turn = 0; turn < 50; turn++) expect(await round(turn, 2)).toBe(1);
  });

  it('never leave nobody: four in a ring, with gaps between reading and writing', async () => {
    await withGaps(async () => {
      for (let turn = 0; turn < 6; turn++) expect(await round(turn, 4)).toBeGreaterThanOrEqual(1);
    });
  });

  it('would be noticed without the locks', async () => {
    const left = await withoutLocks(async () => {
      for (let turn = 0; turn < 50; turn++) if ((await round(turn, 2)) === 0) return 0;
      return 1;
    });
    expect(left).toBe(0);
  });
});
