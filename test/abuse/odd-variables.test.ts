import { type Answer, bearer, LOGIN, login, send } from '../support/client.ts';
import { each } from '../support/documents.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

const MINE = 'query ($n: Int!) { mySessions(first: $n) { id } }';
const EVENTS = 'query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes { type } } }';
const TOO_MANY = { code: 'BAD_USER_INPUT', field: 'variables', problem: 'TOO_MANY' };

const wide = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, 1]));
const list = (length: number, value: unknown) => Array.from({ length }, () => value);
const deep = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

const credentials = { email: ADMIN.email, password: ADMIN.password, transport: 'BODY' };

onSqlite('F5 variables', (database) => {
  const server = runServer(database);
  let headers: Record<string, string>;
  beforeAll(async () => {
    headers = bearer((await login(server().url)).accessToken);
  });
  const ask = (document: string, variables: object) => send(server().url, document, variables, headers);

  /** Nothing was written for it, and it is nothing that the operator has to look at. */
  async function withoutEffect(work: () => Promise<Answer>): Promise<Answer> {
    const before = await snapshot(database());
    const answer = await work();
    expect(await snapshot(database())).toBe(before);
    expect(
      server()
        .log()
        .filter(({ level }) => level === 'error' || level === 'warn'),
    ).toEqual([]);
    expect(answer.text).not.toMatch(/stack|node_modules|RangeError/i);
    return answer;
  }

  it.each([
    ['a list', { filter: { types: list(1_000, 'LOGIN_FAILED') } }],
    ['members that the input does not have', { filter: wide(1_000) }],
    ['members that no variable is for', wide(1_000)],
    ['lists of lists', { filter: { types: list(40, list(40, 'x')) } }],
    ['a megabyte of members', { filter: wide(80_000) }],
    ['a megabyte of a list', { filter: { types: list(60_000, 'LOGIN_FAILED') } }],
  ])('of more than a thousand values are refused: %s', async (_, variables) => {
    const answer = await withoutEffect(() => ask(EVENTS, variables));
    expect(answer).toMatchObject({ status: 400, refusal: TOO_MANY });
    expect(answer.errors).toHaveLength(1);
  });

  it('of a thousand values are looked at: the control', async () => {
    // The variables, the filter and the list are values too.
    const most = await ask(EVENTS, { filter: { types: list(997, 'LOGIN_SUCCEEDED') } });
    expect(most.data.auditEvents.nodes).toContainEqual({ type: 'LOGIN_SUCCEEDED' });
    expect((await ask(EVENTS, { filter: { types: list(998, 'LOGIN_SUCCEEDED') } })).refusal).toEqual(
      TOO_MANY,
    );
  });

  it('are counted in the query string and beside an operation that takes none', async () => {
    const search = new URLSearchParams({
      query: '{ me { id } }',
      variables: JSON.stringify({ x: list(1_000, 1) }),
    });
    const response = await fetch(`${server().url}/graphql?${search}`, {
      headers: { ...headers, 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: TOO_MANY }] });
  });

  it('that do not fit are told of ten times, none of them with its value', async () => {
    const { errors, status } = await withoutEffect(() => ask(EVENTS, { filter: wide(900) }));
    expect(status).toBe(400);
    expect(errors).toHaveLength(11);
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(errors?.[0]?.message).toBe(
      'Variable "$filter" got an invalid value; Field "k0" is not defined by type "AuditEventFilter".',
    );
    expect(errors?.[10]?.message).toMatch(/^Too many errors/);
  });

  it.each([
    ['a list', deep(25)],
    ['an object', JSON.parse(`${'{"a":'.repeat(25)}1${'}'.repeat(25)}`)],
    ['a number beyond all', 1e308],
    ['a number beyond 32 bits', 2 ** 31],
    ['a number beyond 53 bits', JSON.parse('9007199254740993')],
    ['a negative number', -(2 ** 31)],
    ['half a number', 0.5],
    ['a text', '1'],
    ['a switch', true],
    ['nothing', null],
    ['a text of a megabyte', 'x'.repeat(1_000_000)],
    ['a text like a reason, over and over', `; ${'cannot represent'.repeat(60_000)}`],
    ['a text like a place, over and over', ` at "${' at "'.repeat(150_000)}`],
  ])('hold %s where a number of rows belongs: refused in one sentence', async (_, n) => {
    const answer = await withoutEffect(() => ask(MINE, { n }));
    expect(answer.refusal?.['code']).toBe('BAD_USER_INPUT');
    expect(answer.text.length).toBeLessThan(400);
  });

  it.each([
    ['a list', deep(20)],
    ['an object', { length: 3 }],
    ['a date by number', 0],
    ['a text of a megabyte', 'x'.repeat(1_000_000)],
    ['a secret', 'correct horse: battery staple'],
    ['a secret in an object', { secret: 'correct horse: battery staple' }],
  ])('hold %s where a date belongs: refused in one sentence without it', async (_, since) => {
    const answer = await withoutEffect(() => ask(EVENTS, { filter: { since } }));
    expect(answer).toMatchObject({ status: 400, refusal: { code: 'BAD_USER_INPUT' } });
    expect(answer.errors?.[0]?.message).toBe(
      'Variable "$filter" got an invalid value at "filter.since"; DateTime cannot represent this value',
    );
  });

  it.each([
    ['e-mail', { email: `${'e\u0301\u0316'.repeat(150_000)}@example.com` }],
    ['device name', { deviceName: 'e\u0301\u0316'.repeat(150_000) }],
    ['password', { password: '\u0301\u0316'.repeat(200_000) }],
  ])('with half a million combining marks in the %s are refused', async (_, odd) => {
    const answer = await send(server().url, LOGIN, { input: { ...credentials, ...odd } });
    expect(answer.refusal?.['code']).toMatch(/^(INVALID_CREDENTIALS|BAD_USER_INPUT)$/);
    expect((await send(server().url, LOGIN, { input: credentials })).errors).toBeUndefined();
  });

  describe('of names that JavaScript gives a meaning', () => {
    const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', 'then'];

    it.each(NAMES)('%s is the name of a variable like any other, or of none', async (name) => {
      const odd = JSON.parse(`{"${name}":{"n":1,"first":1,"filter":{"includeEnded":true}}}`);
      const without = await withoutEffect(() => ask(MINE, odd));
      expect(without.errors?.[0]?.message).toBe('Variable "$n" of required type "Int!" was not provided.');
      const beside = await withoutEffect(() => ask(EVENTS, { filter: odd }));
      expect(beside.errors?.[0]?.message).toContain(`Field "${name}" is not defined`);
      const own = `query ($${name}: Int!) { mySessions(first: $${name}) { id } }`;
      const named = await withoutEffect(() => ask(own, JSON.parse(`{"${name}":1}`)));
      expect(named.data.mySessions).toHaveLength(1);
      expect(Object.keys(Object.prototype)).toEqual([]);
    });

    it('they are names of fields, fragments and operations likewise', async () => {
      const aliases = `query constructor { ${NAMES.map((name) => `${name}: me { ${name}: id ...${name} }`).join(' ')} }
        ${NAMES.map((name) => `fragment ${name} on User { email }`).join(' ')}`;
      const { data } = await withoutEffect(() => ask(aliases, {}));
      expect(Object.keys(data)).toEqual(NAMES);
      for (const name of NAMES) expect(Object.keys(data[name])).toEqual([name, 'email']);
      const unknown = await ask(`{ me { ${each(NAMES.length, (n) => NAMES[n] ?? '')} } }`, {});
      expect(unknown).toMatchObject({ status: 400, refusal: { code: 'GRAPHQL_VALIDATION_FAILED' } });
      expect(unknown.errors).toHaveLength(NAMES.length);
    });
  });

  it.each([
    ['NUL', '\\u0000'],
    ['half of a surrogate pair', '\\ud800'],
    ['the other half', '\\udc00'],
    ['no character', '\\uffff'],
    ['an escape sequence', '\\u001b[31m'],
    ['the other direction', '\\u202e'],
  ])('documents and names with %s have no effect', async (_, character) => {
    const bodies = [
      `{"query":"{ me { id${character} } }"}`,
      `{"query":"{ user(id: \\"${character}\\") { id } }"}`,
      `{"query":"query A { me { id } } query B { me { id } }","operationName":"${character}"}`,
      `{"query":"{ user(id: \\"0\\") { id } }","variables":{"${character}":"${character}"}}`,
    ];
    for (const body of bodies) {
      const answer = await withoutEffect(async () => {
        const response = await fetch(`${server().url}/graphql`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body,
        });
        const text = await response.text();
        return { status: response.status, text, ...JSON.parse(text) };
      });
      expect([200, 400]).toContain(answer.status);
      expect(answer.data?.user ?? null).toBeNull();
    }
  });

  it('that are none are refused', async () => {
    for (const variables of [[], [1], 'x', 1, true]) {
      const answer = await withoutEffect(() => ask('{ __typename }', variables as object));
      expect(answer).toMatchObject({ status: 400, refusal: { code: 'BAD_REQUEST' } });
    }
    expect((await ask('{ __typename }', {})).data).toEqual({ __typename: 'Query' });
  });
});
