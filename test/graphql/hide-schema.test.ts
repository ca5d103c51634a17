import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import { type Answer, login, ME, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

/** Every name that somebody could learn of the schema. */
function namesOfSchema(): Set<string> {
  const types = Object.values(createSchema().getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const names = types.flatMap((type) => {
    if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)];
    if (isInputObjectType(type)) return [type.name, ...Object.keys(type.getFields())];
    if (!isObjectType(type) && !isInterfaceType(type)) return [type.name];
    const fields = Object.values(type.getFields());
    return [type.name, ...fields.flatMap(({ name, args }) => [name, ...args.map((each) => each.name)])];
  });
  const all = [...names, 'auth', 'public', 'requires', 'maxAge'];
  return new Set(all.filter((name) => !PLAIN_WORDS.has(name)));
}

/** Fields of AuditEvent, and English in what GraphQL says of any schema: `… of non-null type …`. */
const PLAIN_WORDS = new Set(['type', 'at']);

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/\w+/g));
}

function probes(requests: [document: string, variables?: object][]): [document: string, variables: object][] {
  return requests.map(([document, variables = {}]) => [document, variables]);
}

/** Requests that GraphQL refuses with a name that the client did not send, where it may. */
const PROBES = probes([
  ['{ mee { id } }'],
  ['{ me }'],
  ['{ me { emial } }'],
  ['{ me { id { x } } }'],
  ['{ me { id(frist: 1) } }'],
  ['{ mySessions(frist: 1) { id } }'],
  ['{ mySessions(first: "1") { id } }'],
  ['{ me { ... on Sesion { id } } }'],
  ['{ me { ... on Query { id } } }'],
  ['mutation { login { accessToken } }'],
  ['mutation { login(input: {}) { accessToken } }'],
  ['mutation { login(input: { email: "e", password: "p", transport: BODDY }) { accessToken } }'],
  ['mutation { login(input: { email: "e", password: "p", transprt: BODY }) { accessToken } }'],
  ['mutation { revokeAllForUser { revokedCount } }'],
  ['mutation ($input: LoginInptu) { login(input: $input) { accessToken } }'],
  ['mutation ($input: String) { login(input: $input) { accessToken } }'],
  ['mutation ($i: LoginInput!) { login(input: $i) { accessToken } }'],
  ['mutation ($i: LoginInput!) { login(input: $i) { accessToken } }', { i: {} }],
  ['mutation ($i: LoginInput!) { login(input: $i) { accessToken } }', { i: { email: 'e', pasword: 'p' } }],
  [
    'mutation ($i: LoginInput!) { login(input: $i) { accessToken } }',
    { i: { email: 'e', password: 'p', transport: 'CODY' } },
  ],
  [
    'mutation ($i: LoginInput!) { login(input: $i) { accessToken } }',
    { i: { 'a"': 1, email: '"', rememberMe: 'yes' } },
  ],
  ['query ($n: Int = 1) { mySessions(first: $n) { id } }', { n: null }],
  [
    'mutation ($r: Boolean = true) { login(input: { email: "e", password: "p", rememberMe: $r }) { id: tokenType } }',
    { r: null },
  ],
  ['mutation { a: logout { ended } b: logout { ended } }'],
  ['{ __type(name: "Usr") { name } }'],
]);

onSqlite('F4 with INTROSPECTION off', (database) => {
  const names = namesOfSchema();
  const hidden = runServer(database, { INTROSPECTION: 'off' });
  const shown = runServer(database, { INTROSPECTION: 'on' });

  function learned(answer: Answer, ...request: (string | object)[]): string[] {
    const sent = wordsOf(JSON.stringify(request));
    return [...wordsOf(answer.text)].filter((word) => names.has(word) && !sent.has(word));
  }

  it.each(PROBES)('nothing is learned by %s', async (document, variables) => {
    const answer = await send(hidden().url, document, variables);
    expect(answer.errors?.length).toBeGreaterThan(0);
    expect(answer.text).not.toContain('Did you mean');
    expect(learned(answer, document, variables)).toEqual([]);
    expect(answer.refusal?.['code']).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/);
    expect(answer.errors?.[0]).toHaveProperty('locations');
  });

  it('while most of these requests tell names where it is on', async () => {
    const answers = await Promise.all(
      PROBES.map(async ([document, variables]) =>
        learned(await send(shown().url, document, variables), document, variables),
      ),
    );
    expect(answers.filter((each) => each.length > 0).length).toBeGreaterThan(PROBES.length / 2);
  });

  it('the same status, code and location are given as where it is on', async () => {
    for (const [document, variables] of PROBES.slice(0, -1)) {
      const [without, withNames] = await Promise.all(
        [hidden(), shown()].map(({ url }) => send(url, document, variables)),
      );
      const told = (answer?: Answer) => ({
        status: answer?.status,
        errors: answer?.errors?.map(({ message: _, ...rest }) => rest),
      });
      expect(told(without)).toEqual(told(withNames));
    }
  });

  it('introspection is refused, and said to be', async () => {
    const refused = { code: 'GRAPHQL_VALIDATION_FAILED', validationErrorCode: 'INTROSPECTION_DISABLED' };
    for (const document of ['{ __schema { types { name } } }', '{ __type(name: "User") { name } }']) {
      const answer = await send(hidden().url, document);
      expect(answer).toMatchObject({ status: 400, refusal: refused });
      expect((await send(shown().url, document)).errors).toBeUndefined();
    }
    expect((await send(hidden().url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('there is no GraphiQL', async () => {
    const page = (url: string) => fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    const [off, on] = await Promise.all([page(hidden().url), page(shown().url)]);
    expect([on.status, on.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    expect(off.status).toBeGreaterThanOrEqual(400);
    expect(off.headers.get('content-type')).not.toMatch(/html/);
  });

  it('what the server does is the same', async () => {
    const { accessToken } = await login(hidden().url);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await send(hidden().url, ME, {}, headers)).data.me).toMatchObject({ email: 'admin@example.com' });
    const wrong = await send(hidden().url, '{ mySessions(first: 0) { id } }', {}, headers);
    expect(wrong.errors).toMatchObject([
      {
        message: expect.stringContaining('between 1 and'),
        extensions: { code: 'BAD_USER_INPUT', field: 'first' },
      },
    ]);
  });
});
