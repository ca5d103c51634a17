import { plainOperation } from '../../src/graphql/plain-operation.ts';
import { bearer, registerUser } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

const QUERY = 'query A($n: Int = 1) { mySessions(first: $n) { current } }';

const plain = [
  { query: QUERY },
  { query: QUERY, variables: null, operationName: null, extensions: null },
  { query: QUERY, operationName: 'A', variables: { n: 2 }, extensions: { client: { name: 'x' } } },
];

/** Each with what Apollo Server's HTTP layer says of it. */
const odd: [object, string][] = [
  [{}, 'has no keys'],
  [{ query: '' }, 'non-empty `query`'],
  [{ query: 1 }, 'GraphQL queries must be strings'],
  [{ query: QUERY, operationName: 1 }, '`operationName` in a POST body must be a string'],
  [{ query: QUERY, operationName: {} }, '`operationName` in a POST body must be a string'],
  [{ query: QUERY, variables: '{}' }, '`variables` in a POST body should be provided as an object'],
  [{ query: QUERY, variables: [] }, '`variables` in a POST body must be an object'],
  [{ query: QUERY, variables: 1 }, '`variables` in a POST body must be an object'],
  [{ query: QUERY, extensions: '{}' }, '`extensions` in a POST body should be provided as an object'],
  [{ query: QUERY, extensions: [] }, '`extensions` in a POST body must be an object'],
];

describe('the operation of a body', () => {
  it.each(plain)('is what it has of an operation: %j', (body) => {
    const given = Object.entries(body).filter(([, value]) => value !== null);
    expect(plainOperation(body)).toEqual({ ...Object.fromEntries(given), http: expect.any(Object) });
  });

  it.each(odd)('is left to Apollo Server: %j', (body) => {
    expect(plainOperation(body)).toBeUndefined();
  });

  it.each([undefined, null, 'x', 1, [{ query: QUERY }]])('is not looked for in what has none: %j', (body) => {
    expect(plainOperation(body)).toBeUndefined();
  });
});

onSqlite('a body', (database) => {
  const server = runServer(database);

  const ask = async (body: object, headers: Record<string, string>) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${server().url}/graphql`, init);
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it.each(odd)('that is odd gets the words of Apollo Server: %j', async (body, words) => {
    const { status, text } = await ask(body, {});
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(text).toContain(words);
  });

  it.each(plain)('gets the same answer as by way of Apollo Server: %j', async (body) => {
    const { accessToken } = await registerUser(server().url);
    // Its callback protocol is nothing that we decide upon: there its HTTP layer answers.
    const callback = 'application/json; callbackSpec=1.0; charset=utf-8, */*; q=0.1';
    const direct = await ask(body, bearer(accessToken));
    const byApollo = await ask(body, { ...bearer(accessToken), accept: callback });
    expect(byApollo.type).toContain('callbackSpec');
    expect(direct).toEqual({ ...byApollo, type: 'application/json; charset=utf-8' });
    expect(direct.text).toContain('"current":true');
  });

  it('is answered in the type that its sender prefers', async () => {
    const { accessToken } = await registerUser(server().url);
    const types = [
      ['*/*', 'application/json; charset=utf-8'],
      [
        'application/graphql-response+json, application/json; q=0.9',
        'application/graphql-response+json; charset=utf-8',
      ],
      [
        'application/json; q=0.9, application/graphql-response+json; q=0.1',
        'application/json; charset=utf-8',
      ],
    ];
    for (const [accept = '', type] of types)
      expect((await ask({ query: QUERY }, { ...bearer(accessToken), accept })).type).toBe(type);
  });
});
