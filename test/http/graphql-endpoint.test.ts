import { gzipSync } from 'node:zlib';
import { ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLEndpoint } from '../../src/graphql/request.ts';
import { post, postRaw, send } from './client.ts';
import { jsonAnswer, startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

const COOKIE = '__Host-refresh_token';
const BAD_REQUEST = { errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }] };

describe('a request that passes', () => {
  it('reaches the GraphQL server with its headers, its body and what the transport knows', async () => {
    const { port, endpoint } = await startServer();
    const answer = await post(port, { authorization: 'Bearer t', 'user-agent': 'jest', 'x-custom': '1' });
    expect(answer.status).toBe(200);
    const asked = endpoint.asked[0];
    expect(asked?.request.method).toBe('POST');
    expect(asked?.request.body).toEqual({ query: '{ me { id } }' });
    expect(asked?.request.headers.get('X-Custom')).toBe('1');
    expect(asked?.facts).toMatchObject({
      requestId: answer.headers['x-request-id'],
      authorization: 'Bearer t',
      ipAddress: '127.0.0.1',
      userAgent: 'jest',
      client: 'native',
      cookieAllowed: true,
    });
    expect(asked?.facts.cookie.presented).toBeUndefined();
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'is sent as %s',
    async (type) => {
      const { port, endpoint } = await startServer();
      expect((await post(port, { 'content-type': type })).status).toBe(200);
      expect(endpoint.asked).toHaveLength(1);
    },
  );

  it('gets the status, the headers and the body of the answer, never to be cached', async () => {
    const { port, endpoint } = await startServer();
    endpoint.answer = () => {
      const headers = new HeaderMap([
        ['content-type', 'application/graphql-response+json; charset=utf-8'],
        ['cache-control', 'max-age=10'],
        ['x-more', 'yes'],
      ]);
      return { status: 422, headers, body: { kind: 'complete', string: '{"data":{"name":"Zoë"}}' } };
    };
    const { status, headers, text } = await post(port);
    expect({ status, text }).toEqual({ status: 422, text: '{"data":{"name":"Zoë"}}' });
    expect(headers).toMatchObject({
      'content-type': 'application/graphql-response+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-more': 'yes',
    });
  });

  it('gets a body that comes in parts', async () => {
    const { port, endpoint } = await startServer();
    async function* parts() {
      yield 'one,';
      yield 'two';
    }
    const headers = new HeaderMap([['content-type', 'multipart/mixed; boundary="-"']]);
    endpoint.answer = () => ({ headers, body: { kind: 'chunked', asyncIterator: parts() } });
    const answer = await post(port);
    expect(answer.text).toBe('one,two');
    expect(answer.headers['transfer-encoding']).toBe('chunked');
  });
});

describe('D4 a body that a page may send across origins unasked', () => {
  const types = [
    'text/plain',
    'text/plain; application/json',
    'text/plain;application/json;charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/graphql',
    'application/json; charset=utf-16',
    'application/json; charset=latin1; charset=utf-8',
    'application/json;charset=utf8',
    'json',
    '',
  ];

  it.each(types)('is refused before any query: %p', async (type) => {
    const { port, endpoint } = await startServer();
    const answer = await post(port, { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(answer.json()).toEqual(BAD_REQUEST);
    expect(endpoint.asked).toEqual([]);
  });

  it('is refused without any type', async () => {
    const { port, endpoint } = await startServer();
    const answer = await send(port, { method: 'POST', path: '/graphql', body: '{"query":"{me}"}' });
    expect(answer.status).toBe(415);
    expect(endpoint.asked).toEqual([]);
  });

  it.each(['text/plain', 'multipart/form-data', 'application/x-unknown', 'nonsense'])(
    'is refused as GET with the type %s',
    async (type) => {
      const { port, endpoint } = await startServer();
      const path = '/graphql?query=%7Bme%7D';
      const answer = await send(port, { path, headers: { 'content-type': type } });
      expect(answer.status).toBe(415);
      expect(endpoint.asked).toEqual([]);
    },
  );
});

describe('D4 with a real Apollo Server behind', () => {
  const ran: string[] = [];
  const apollo = new ApolloServer({
    typeDefs: 'type Query { me: String } type Mutation { login: String }',
    resolvers: {
      Query: { me: () => ran.push('me') },
      Mutation: { login: () => ran.push('login') },
    },
    stopOnTerminationSignals: false,
  });
  const graphql: GraphQLEndpoint = {
    execute: (httpGraphQLRequest) =>
      apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => ({}) }),
  };

  beforeAll(() => apollo.start());
  afterAll(() => apollo.stop());
  beforeEach(() => ran.splice(0));

  it('refuses a mutation by GET and a GET without a preflight header; the honest query runs', async () => {
    const { port } = await startServer({ graphql });
    const preflight = { 'apollo-require-preflight': '1' };
    const mutation = await send(port, { path: '/graphql?query=mutation%7Blogin%7D', headers: preflight });
    expect(mutation.status).toBe(405);
    const simple = await send(port, { path: '/graphql?query=%7Bme%7D' });
    expect(simple.status).toBe(400);
    expect(ran).toEqual([]);

    const query = await send(port, { path: '/graphql?query=%7Bme%7D', headers: preflight });
    expect(query.status).toBe(200);
    expect(ran).toEqual(['me']);
  });

  it('refuses text/plain; the same mutation as JSON runs', async () => {
    const { port } = await startServer({ graphql });
    const body = '{"query":"mutation { login }"}';
    const plain = await post(port, { 'content-type': 'text/plain', 'apollo-require-preflight': '1' }, body);
    expect(plain.status).toBe(415);
    expect(ran).toEqual([]);
    expect((await post(port, {}, body)).status).toBe(200);
    expect(ran).toEqual(['login']);
  });
});

describe('a body that is not one JSON object', () => {
  const cases: [string, string | Buffer][] = [
    ['nothing', ''],
    ['cut off', '{"query":'],
    ['a string', '"query"'],
    ['null', 'null'],
    ['a number', '1'],
    ['a batch', '[{"query":"{me}"},{"query":"{me}"}]'],
    ['an empty batch', '[]'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['an overlong encoding', Buffer.from('7b22c0af223a317d', 'hex')],
    ['UTF-16', Buffer.from('{"query":"{me}"}', 'utf16le')],
  ];

  it.each(cases)('is refused with 400: %s', async (_, body) => {
    const { port, endpoint } = await startServer();
    const headers = { 'content-type': 'application/json' };
    const answer = await send(port, { method: 'POST', path: '/graphql', headers, body });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual(BAD_REQUEST);
    expect(endpoint.asked).toEqual([]);
  });

  it('stays an object of its own keys: __proto__ sets no prototype', async () => {
    const { port, endpoint } = await startServer();
    await post(port, {}, '{"query":"{me}","variables":{"__proto__":{"admin":true}}}');
    const body = endpoint.asked[0]?.request.body as { variables: { admin?: boolean } };
    expect(body.variables.admin).toBeUndefined();
    expect(Object.keys(body.variables)).toEqual(['__proto__']);
  });

  it('may nest, but not without end', async () => {
    const { port, endpoint } = await startServer();
    const nested = (depth: number) => `{"query":"{me}","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect((await post(port, {}, nested(31))).status).toBe(200);
    const refused = await post(port, {}, nested(32));
    expect(refused.status).toBe(400);
    expect(refused.json()).toEqual(BAD_REQUEST);
    expect(endpoint.asked).toHaveLength(1);
  });
});

describe('a large body', () => {
  const padded = (bytes: number) => `{"query":"{me}","x":"${'x'.repeat(bytes - 23)}"}`;

  it('is read up to 1 MiB and refused with 413 above, whether or not its length is announced', async () => {
    const { port, endpoint } = await startServer();
    expect((await post(port, {}, padded(1024 * 1024))).status).toBe(200);
    expect(endpoint.asked).toHaveLength(1);
    const over = padded(1024 * 1024 + 1);
    expect((await post(port, {}, over)).status).toBe(413);
    const unannounced = await post(port, { 'transfer-encoding': 'chunked' }, over);
    expect(unannounced.status).toBe(413);
    expect(unannounced.json()).toEqual(BAD_REQUEST);
    expect(endpoint.asked).toHaveLength(1);
  });

  it('gets its refusal even when ten megabytes are on their way', async () => {
    const { port } = await startServer();
    expect((await post(port, {}, padded(10_000_000))).status).toBe(413);
  });

  it('is not unfolded: a Content-Encoding is refused', async () => {
    const { port, endpoint } = await startServer();
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const body = gzipSync('{"query":"{me}"}');
    const packed = await send(port, { method: 'POST', path: '/graphql', headers, body });
    expect(packed.status).toBe(415);
    expect(endpoint.asked).toEqual([]);
    expect((await post(port, { 'content-encoding': 'identity' })).status).toBe(200);
  });
});

describe('B11 ambiguous credentials', () => {
  it('refuses two Authorization headers, in any case of the name; one is passed on', async () => {
    const { port, endpoint } = await startServer();
    const two = await postRaw(port, ['Authorization: Bearer a', 'authorization: Bearer b']);
    expect(two).toContain('HTTP/1.1 400');
    expect(two).toContain('"code":"BAD_REQUEST"');
    const same = await postRaw(port, ['Authorization: Bearer a', 'AUTHORIZATION: Bearer a']);
    expect(same).toContain('HTTP/1.1 400');
    expect(endpoint.asked).toEqual([]);
    expect(await postRaw(port, ['Authorization: Bearer a'])).toContain('HTTP/1.1 200');
    expect(endpoint.facts.authorization).toBe('Bearer a');
  });

  it('reads no token from the query string and logs none', async () => {
    const { port, endpoint, log } = await startServer();
    const secret = 'c2VjcmV0LXRva2Vu';
    await send(port, { path: `/graphql?access_token=${secret}&authorization=Bearer%20${secret}` });
    expect(endpoint.facts.authorization).toBeUndefined();
    expect(log.text()).toContain('"path":"/graphql"');
    expect(log.text()).not.toContain(secret);
  });
});

describe('D3 cookies that are not plainly ours', () => {
  const value = 'pr1_abc-DEF_123';

  it.each([
    ['twice in one header', [`Cookie: ${COOKIE}=${value}; ${COOKIE}=${value}`]],
    ['in two headers', [`Cookie: ${COOKIE}=${value}`, `Cookie: a=b; ${COOKIE}=other`]],
    ['quoted', [`Cookie: ${COOKIE}="${value}"`]],
    ['the $Version sandwich', [`Cookie: $Version=1; ${COOKIE}="${value}; $Path=/; x=y"`]],
    ['beside $Version', [`Cookie: $Version=1; ${COOKIE}=${value}; $Path=/`]],
    ['with a comma', [`Cookie: ${COOKIE}=${value},x`]],
    ['with a space inside', [`Cookie: ${COOKIE}= ${value}`]],
  ])('refuses it with 400: %s', async (_, lines) => {
    const { port, endpoint } = await startServer();
    expect(await postRaw(port, lines)).toContain('HTTP/1.1 400');
    expect(endpoint.asked).toEqual([]);
  });

  it.each([
    ['a prefix in other case', `__host-refresh_token=${value}`],
    ['a name in other case', `__Host-Refresh_Token=${value}`],
    ['without the prefix', `refresh_token=${value}`],
    ['nameless', `=${COOKIE}=${value}`],
    ['a name with a space', `${COOKIE} =${value}`],
    ['a name with a no-break space', `\u00a0${COOKIE}=${value}`],
    ['a name in quotes', `"${COOKIE}"=${value}`],
    ['no value at all', COOKIE],
    ['the old comma syntax', `$Version=1,${COOKIE}=${value}`],
    ['inside another value', `a=b, ${COOKIE}=${value}`],
    ['an encoded name', `__Host%2Drefresh_token=${value}`],
  ])('takes it for absent: %s', async (_, cookie) => {
    const { port, endpoint } = await startServer();
    expect(await postRaw(port, [`Cookie: ${cookie}`])).toContain('HTTP/1.1 200');
    expect(endpoint.facts.cookie.presented).toBeUndefined();
    expect(endpoint.facts.client).toBe('native');
  });

  it('takes ours from among the look-alikes, undecoded', async () => {
    const { port, endpoint } = await startServer();
    const cookie = `a="x"; refresh_token=no; __host-refresh_token=no; ${COOKIE}=${value}%20; b=c`;
    expect(await postRaw(port, [`Cookie: ${cookie}`])).toContain('HTTP/1.1 200');
    expect(endpoint.facts.cookie.presented).toBe(`${value}%20`);
    expect(endpoint.facts.client).toBe('browser');
  });

  it('knows the plain name where the cookie is not secure', async () => {
    const { port, endpoint } = await startServer({ cookieSecure: false });
    await postRaw(port, [`Cookie: refresh_token=${value}`]);
    expect(endpoint.facts.cookie.presented).toBe(value);
    await postRaw(port, [`Cookie: ${COOKIE}=${value}`]);
    expect(endpoint.facts.cookie.presented).toBeUndefined();
  });
});

describe('the Set-Cookie of an answer', () => {
  it('D1 is what the operation asked for last', async () => {
    const { port, endpoint } = await startServer();
    endpoint.answer = ({ facts }) => {
      facts.cookie.clear();
      facts.cookie.set('pr1_first', 60);
      facts.cookie.set('pr1_last', 604_800);
      return jsonAnswer();
    };
    const { headers } = await post(port);
    expect(headers['set-cookie']).toEqual([
      `${COOKIE}=pr1_last; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Strict`,
    ]);
  });

  it('is none where nothing was asked for, and none when the operation failed', async () => {
    const { port, endpoint } = await startServer();
    expect((await post(port)).headers['set-cookie']).toBeUndefined();
    endpoint.answer = ({ facts }) => {
      facts.cookie.set('pr1_lost', 60);
      throw new Error('failed');
    };
    const failed = await post(port);
    expect(failed.status).toBe(500);
    expect(failed.headers['set-cookie']).toBeUndefined();
  });
});
