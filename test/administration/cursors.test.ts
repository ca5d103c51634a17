import { AUDIT_EVENTS, SESSIONS, USERS } from '../support/administration.ts';
import { insertEvents, insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { bearer, login, send, type Tokens } from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

interface List {
  readonly name: string;
  readonly query: string;
  readonly table: 'users' | 'sessions' | 'audit_events';
  /** Narrows the list to what `insert` makes. */
  readonly filter: () => object;
  /** Inserts rows at these places of the order, the first one first. @returns their ids */
  readonly insert: (places: readonly number[]) => Promise<string[]>;
}

onEachDatabase('cursors', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  let owner = '';
  beforeAll(async () => {
    admin = await login(server().url);
    owner = (await insertUsers(database(), 1))[0] ?? '';
  });
  const ask = (query: string, variables: object) =>
    send(server().url, query, variables, bearer(admin.accessToken));
  const started = Date.now();

  const LISTS: readonly List[] = [
    {
      name: 'users',
      query: USERS,
      table: 'users',
      filter: () => ({ search: 'cursor-' }),
      insert: (places) =>
        insertUsers(database(), places.length, (index) => ({
          email: `cursor-${String(places[index]).padStart(5, '0')}-${Math.random()}@example.com`,
        })),
    },
    {
      name: 'sessions',
      query: SESSIONS,
      table: 'sessions',
      filter: () => ({ filter: { userId: owner } }),
      insert: (places) =>
        insertSessions(
          database(),
          places.map(() => owner),
          (index) => ({ created_at: started - (places[index] ?? 0) * 1_000 }),
        ),
    },
    {
      name: 'auditEvents',
      query: AUDIT_EVENTS,
      table: 'audit_events',
      filter: () => ({ filter: { userId: owner } }),
      insert: (places) =>
        insertEvents(database(), places.length, (index) => ({
          user_id: idBytes(owner),
          at: started - (places[index] ?? 0) * 1_000,
        })),
    },
  ];

  /** Every page of so many, and what is done between one page and the next. */
  async function pages(
    list: List,
    first: number,
    between: (page: number) => Promise<void>,
  ): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = null, page = 0; ; page++) {
      const { data, errors, text } = await ask(list.query, { ...list.filter(), first, after });
      if (errors !== undefined) throw new Error(text);
      const { nodes, pageInfo } = data[list.name];
      found.push(...nodes.map(({ id }: { id: string }) => id));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
      await between(page);
    }
  }

  it.each(LISTS.map((list) => [list.name, list] as const))(
    '%s: each row once, in order, whatever the size of the page, many rows at one moment among them',
    async (_, list) => {
      const places = [...Array.from({ length: 12 }, (__, place) => 10 + place), 30, 30, 30, 30, 30];
      await list.insert(places);
      const whole = await pages(list, 200, async () => undefined);
      expect(whole).toHaveLength(places.length);
      for (const first of [1, 2, 3, 5, places.length, places.length + 1]) {
        expect(await pages(list, first, async () => undefined)).toEqual(whole);
      }
      await database().query(
        `DELETE FROM ${list.table} WHERE ${list.table === 'users' ? 'email LIKE' : 'user_id ='} ?`,
        [list.table === 'users' ? 'cursor-%' : idBytes(owner)],
      );
    },
  );

  it.each(LISTS.map((list) => [list.name, list] as const))(
    '%s: stable while rows come and go before and after, the row of the cursor too',
    async (_, list) => {
      const ids = await list.insert(Array.from({ length: 20 }, (__, index) => 100 + index * 10));
      const early: string[] = [];
      const deleted: string[] = [];
      const remove = async (id: string | undefined) => {
        if (id === undefined) return;
        deleted.push(id);
        await database().query(`DELETE FROM ${list.table} WHERE id = ?`, [idBytes(id)]);
      };
      const found = await pages(list, 4, async (page) => {
        // Before all that was read: it must not push anything onto the next page.
        early.push(...(await list.insert([1 + page])));
        // The row of the cursor itself, and one that comes later.
        await remove(ids[page * 4 + 3]);
        if (page === 0) await remove(ids[10]);
        // And one that comes after all.
        if (page === 1) ids.push(...(await list.insert([9_000])));
      });
      expect(found).toEqual(ids.filter((id) => id !== ids[10]));
      expect(found.filter((id) => early.includes(id))).toEqual([]);
      expect(deleted.length).toBeGreaterThan(4);
    },
  );

  it.each(LISTS.map((list) => [list.name, list] as const))(
    '%s: a cursor is the text that was given: opaque, unpadded, and rubbish is refused',
    async (_, list) => {
      await list.insert([1, 2, 3]);
      const page = await ask(list.query, { ...list.filter(), first: 1 });
      const { endCursor } = page.data[list.name].pageInfo;
      expect(endCursor).toMatch(/^[\w-]+$/);
      const honest = await ask(list.query, { ...list.filter(), first: 1, after: endCursor });
      expect(honest.errors).toBeUndefined();
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const foreign = await ask(list.name === 'users' ? SESSIONS : USERS, { first: 1 });
      const rubbish = [
        '',
        'x',
        'no cursor',
        '%00',
        `${endCursor}AAAA`,
        endCursor.slice(0, -4),
        Object.values<{ pageInfo: { endCursor: string } }>(foreign.data)[0]?.pageInfo.endCursor,
        ...[
          null,
          {},
          [],
          [1],
          [1, 2],
          ['a', 'b'],
          [1.5, 'x'],
          [1e308, 'x'],
          [[1], ['x']],
          [1, 'x', 2],
          'x',
          7,
        ].map(encode),
        'x'.repeat(100_000),
      ];
      for (const after of rubbish) {
        const refused = await ask(list.query, { ...list.filter(), first: 1, after });
        expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'after', problem: 'MALFORMED' });
      }
    },
  );

  it.each(['sessions', 'auditEvents'])(
    '%s: a cursor that somebody made up does not reach the database',
    async (name) => {
      const list = LISTS.find((each) => each.name === name);
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const position of [
        [0, 'x'],
        [-1, ''],
        [Number.MAX_SAFE_INTEGER, "' OR 1=1 --"],
        [Date.now(), 'f'.repeat(5_000)],
      ]) {
        const answer = await ask(list?.query ?? '', { first: 5, after: encode(position) });
        expect(answer.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'after', problem: 'MALFORMED' });
      }
    },
  );
});
