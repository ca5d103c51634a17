import { DELETE_USER, newAdmin, SET_ROLES, SET_STATUS } from '../support/administration.ts';
import { bearer, login, registerUser, send, type Tokens } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { changeUser, snapshot, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

/** Everything that takes an admin away. */
const REMOVALS: readonly (readonly [string, string, object])[] = [
  ['setUserRoles', SET_ROLES, { roles: ['USER'] }],
  ['setUserStatus', SET_STATUS, { status: 'SUSPENDED' }],
  ['deleteUser', DELETE_USER, {}],
];

onEachDatabase('the last admin', (database) => {
  const server = runServer(database);
  let last: Tokens;
  beforeAll(async () => {
    last = await login(server().url);
  });
  const asLast = (query: string, variables: object) =>
    send(server().url, query, variables, bearer(last.accessToken));

  it.each(REMOVALS)('is not taken away by %s: LAST_ADMIN, and nothing changes', async (_, query, more) => {
    const before = await snapshot(database());
    const refused = await asLast(query, { userId: last.userId, ...more });
    expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'userId', problem: 'LAST_ADMIN' });
    expect(await snapshot(database())).toBe(before);
  });

  it.each(REMOVALS)('is whoever is left: %s takes one of two away, then no more', async (_, query, more) => {
    const second = await newAdmin(server().url, last);
    expect((await asLast(query, { userId: second.userId, ...more })).errors).toBeUndefined();
    const refused = await asLast(query, { userId: last.userId, ...more });
    expect(refused.refusal).toMatchObject({ problem: 'LAST_ADMIN' });
  });

  it.each(REMOVALS)(
    'a suspended or deleted admin does not count as another one: %s',
    async (_, query, more) => {
      for (const status of ['SUSPENDED', 'DELETED']) {
        const other = await newAdmin(server().url, last);
        await changeUser(database(), other.userId, { status });
        const refused = await asLast(query, { userId: last.userId, ...more });
        expect(refused.refusal).toMatchObject({ problem: 'LAST_ADMIN' });
      }
    },
  );

  it.each(REMOVALS)(
    'does not keep %s from others: users, and admins who are suspended',
    async (_, query, more) => {
      const user = await registerUser(server().url);
      expect((await asLast(query, { userId: user.userId, ...more })).errors).toBeUndefined();
      const suspended = await newAdmin(server().url, last);
      await changeUser(database(), suspended.userId, { status: 'SUSPENDED' });
      expect((await asLast(query, { userId: suspended.userId, ...more })).errors).toBeUndefined();
    },
  );

  it('may keep being an admin, and an active one', async () => {
    const { userId } = last;
    expect((await asLast(SET_ROLES, { userId, roles: ['ADMIN'] })).errors).toBeUndefined();
    expect((await asLast(SET_STATUS, { userId, status: 'ACTIVE' })).errors).toBeUndefined();
    expect(await userRow(database(), userId)).toMatchObject({ roles: 'USER,ADMIN', status: 'ACTIVE' });
  });

  it('may leave once there is another: an admin demotes herself', async () => {
    const other = await newAdmin(server().url, last);
    const self = await send(
      server().url,
      SET_ROLES,
      { userId: other.userId, roles: ['USER'] },
      bearer(other.accessToken),
    );
    expect(self.data.setUserRoles.roles).toEqual(['USER']);
  });
});
