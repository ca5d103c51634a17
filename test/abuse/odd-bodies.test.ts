import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type Answer, send as sendHttp, sendRaw } from '../http/client.ts';
import { LOGIN, ME } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

const JSON_TYPE = 'application/json';

/** A login, which would leave a session behind. */
const LOGIN_BODY = JSON.stringify({ query: LOGIN, variables: { input: { ...ADMIN, transport: 'BODY' } } });

const utf8 = (text: string) => Buffer.from(text);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const bomb = Buffer.alloc(10_000_000, ' ');
const with0 = (text: string) =>
  Buffer.from([...text].flatMap((character) => [0, 0, 0, character.charCodeAt(0)]));

const CHARSETS: [name: string, type: string, body: Buffer][] = [
  ['declared as UTF-16', `${JSON_TYPE}; charset=utf-16`, utf16(LOGIN_BODY)],
  ['declared as UTF-16, and UTF-8', `${JSON_TYPE}; charset=utf-16`, utf8(LOGIN_BODY)],
  ['declared as UTF-8, and UTF-16', `${JSON_TYPE}; charset=utf-8`, utf16(LOGIN_BODY)],
  ['UTF-16 with a mark', JSON_TYPE, Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(LOGIN_BODY)])],
  ['UTF-8 with a mark', JSON_TYPE, utf8(`\ufeff${LOGIN_BODY}`)],
  ['UTF-32', JSON_TYPE, with0(LOGIN_BODY)],
  ['declared as UTF-7', `${JSON_TYPE}; charset=utf-7`, utf8(LOGIN_BODY.replace('{', '+AHs-'))],
  ['in UTF-7', JSON_TYPE, utf8(LOGIN_BODY.replace('{', '+AHs-'))],
  ['declared as Latin-1', `${JSON_TYPE}; charset=iso-8859-1`, utf8(LOGIN_BODY)],
  ['declared as EBCDIC', `${JSON_TYPE}; charset=cp037`, utf8(LOGIN_BODY)],
  ['of a charset that there is not', `${JSON_TYPE}; charset=x`, utf8(LOGIN_BODY)],
  ['of an empty charset', `${JSON_TYPE}; charset=`, utf8(LOGIN_BODY)],
  ['of a quoted empty charset', `${JSON_TYPE}; charset=""`, utf8(LOGIN_BODY)],
  ['of two charsets', `${JSON_TYPE}; charset=utf-8; charset=utf-16`, utf8(LOGIN_BODY)],
  ['of two charsets the other way round', `${JSON_TYPE}; charset=utf-16; charset=utf-8`, utf8(LOGIN_BODY)],
  ['of the same charset twice', `${JSON_TYPE}; charset=utf-8; Charset=utf-8`, utf8(LOGIN_BODY)],
  [
    'of a second charset in another parameter',
    `${JSON_TYPE}; x="; charset=utf-16"; charset=utf-8`,
    utf8(LOGIN_BODY),
  ],
  ['of a type of blanks', `${JSON_TYPE};${' '.repeat(15_000)}x`, utf8(LOGIN_BODY)],
  ['with a byte that is not UTF-8', JSON_TYPE, Buffer.concat([utf8(LOGIN_BODY), Buffer.from([0xff])])],
  ['with half of a surrogate pair as bytes', JSON_TYPE, Buffer.from('7b2278223a22eda080227d', 'hex')],
  ['with an overlong NUL', JSON_TYPE, Buffer.from('7b2278223a22c080227d', 'hex')],
  ['with a NUL', JSON_TYPE, utf8(LOGIN_BODY.replace('{', '{\0'))],
  ['with a NUL in a string', JSON_TYPE, utf8(LOGIN_BODY.replace('query"', 'query\0"'))],
  ['with a NUL at the end', JSON_TYPE, utf8(`${LOGIN_BODY}\0`)],
];

const ENCODINGS: [encoding: string, body: Buffer][] = [
  ['gzip', gzipSync(LOGIN_BODY)],
  ['GZIP', gzipSync(LOGIN_BODY)],
  ['x-gzip', gzipSync(LOGIN_BODY)],
  ['deflate', deflateSync(LOGIN_BODY)],
  ['deflate', deflateRawSync(LOGIN_BODY)],
  ['br', brotliCompressSync(LOGIN_BODY)],
  ['zstd', utf8(LOGIN_BODY)],
  ['gzip', gzipSync(bomb)],
  ['deflate', deflateSync(bomb)],
  ['br', brotliCompressSync(bomb)],
  ['gzip, gzip', gzipSync(gzipSync(bomb))],
  ['identity, gzip', gzipSync(LOGIN_BODY)],
  ['gzip, identity', utf8(LOGIN_BODY)],
  ['gzip', utf8(LOGIN_BODY)],
  ['', utf8(LOGIN_BODY)],
  ['identity', gzipSync(LOGIN_BODY)],
];

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const nestedObject = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const login = (more: string) => `${LOGIN_BODY.slice(0, -1)},${more}}`;

const DEEP: [name: string, body: string][] = [
  ['in the variables', login(`"variables":{"input":${nested(100_000)}}`)],
  ['in objects in the variables', login(`"variables":{"input":${nestedObject(100_000)}}`)],
  ['in the extensions', login(`"extensions":{"a":${nested(100_000)}}`)],
  ['in objects in the extensions', login(`"extensions":${nestedObject(100_000)}`)],
  ['in a member that means nothing', login(`"x":${nested(100_000)}`)],
  ['in the operation name', login(`"operationName":${nested(100_000)}`)],
  ['instead of the document', `{"query":${nested(100_000)}}`],
  ['instead of the body', nested(100_000)],
  ['and does not end', login(`"x":${'['.repeat(1_000_000)}`)],
];

onSqlite('F5 a body', (database) => {
  const server = runServer(database);
  const post = (body: Buffer | string, headers: Record<string, string> = {}) =>
    sendHttp(Number(new URL(server().url).port), {
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': JSON_TYPE, ...headers },
      body,
    });

  /** What comes is refused, with one of these statuses, and leaves nothing behind. */
  async function refused(statuses: readonly number[], ask: () => Promise<Answer>): Promise<void> {
    const before = await snapshot(database());
    const answer = await ask();
    expect(statuses).toContain(answer.status);
    expect(answer.json()).toMatchObject({
      errors: [{ extensions: { code: expect.stringMatching(/^BAD_(REQUEST|USER_INPUT)$/) } }],
    });
    expect(answer.text).not.toMatch(/stack|token|\.ts|node_modules/i);
    expect(await snapshot(database())).toBe(before);
  }

  it.each([
    ['as JSON', JSON_TYPE],
    ['with its charset', `${JSON_TYPE}; charset=utf-8`],
    ['of a long type', `${JSON_TYPE}; x="${'a'.repeat(234)}"`],
    ['with its charset in capitals and quotes', `${JSON_TYPE};charset="UTF-8"`],
  ])('is read as it is meant %s, also beyond ASCII, packed in nothing: the control', async (_, type) => {
    const named = LOGIN_BODY.replace('"transport"', '"deviceName":"Zoë’s 😀","transport"');
    for (const headers of [
      { 'content-type': type },
      { 'content-type': type, 'content-encoding': 'identity' },
    ]) {
      const answer = await post(named, headers);
      expect(answer.json()).toMatchObject({ data: { login: { session: { deviceName: 'Zoë’s 😀' } } } });
    }
  });

  it.each(CHARSETS)('%s is refused, and nobody is signed in', async (_, type, body) => {
    await refused([400, 415], () => post(body, { 'content-type': type }));
  });

  it('of two types is refused, whichever comes first', async () => {
    for (const types of [
      [JSON_TYPE, 'text/plain'],
      ['text/plain', JSON_TYPE],
      [JSON_TYPE, JSON_TYPE],
    ]) {
      const lines = types.map((type) => `Content-Type: ${type}`);
      const answer = await postLines([...lines, `Content-Length: ${LOGIN_BODY.length}`], LOGIN_BODY);
      expect(answer).toMatch(/^HTTP\/1\.1 415 /);
    }
    const one = [`Content-Type: ${JSON_TYPE}`, `Content-Length: ${LOGIN_BODY.length}`];
    expect(await postLines(one, LOGIN_BODY)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each(ENCODINGS)('that says it is packed with %p is not unpacked', async (encoding, body) => {
    await refused([400, 415], () => post(body, { 'content-encoding': encoding }));
  });

  it.each(['gzip, chunked', 'chunked, gzip', 'gzip', 'identity', 'chunked, chunked', 'xchunked'])(
    'is not unpacked either when it travels as %p',
    async (coding) => {
      const before = await snapshot(database());
      const chunk = `${LOGIN_BODY.length.toString(16)}\r\n${LOGIN_BODY}\r\n0\r\n\r\n`;
      const answer = await postLines([`Content-Type: ${JSON_TYPE}`, `Transfer-Encoding: ${coding}`], chunk);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(await snapshot(database())).toBe(before);
    },
  );

  it.each([
    ['announced', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('of ten megabytes is refused, %s', async (_, headers) => {
    const large = login(`"x":"${'x'.repeat(10_000_000)}"`);
    await refused([413], () => post(large, headers));
    expect((await post(login(`"x":"${'x'.repeat(1_000_000)}"`), headers)).status).toBe(200);
  });

  it.each(DEEP)('that nests 100,000 deep %s is refused', async (_, body) => {
    await refused([400], () => post(body));
  });

  it('may bring what it likes beside the operation, and it has no effect', async () => {
    const before = await snapshot(database());
    const strange = `"x":${nested(20)},"extensions":{"a":${nested(20)},"constructor":{"prototype":{"y":1}}},"admin":true`;
    const answer = await post(`{"query":"{ __typename }",${strange}}`);
    expect(answer.json()).toEqual({ data: { __typename: 'Query' } });
    expect(await snapshot(database())).toBe(before);
  });

  it('has one operation: of a member that comes twice the last counts, and only that', async () => {
    const before = await snapshot(database());
    const [operation = ''] = /^\{"query":".*?[^\\]",/.exec(LOGIN_BODY) ?? [];
    const body = `${operation}"variables":${JSON.stringify(JSON.parse(LOGIN_BODY).variables)},"query":"{ __typename }"}`;
    expect((await post(body)).json()).toEqual({ data: { __typename: 'Query' } });
    expect(await snapshot(database())).toBe(before);
  });

  it.each([
    ['prototype', '{"__proto__":{"query":"{ __typename }"}}'],
    ['constructor', '{"constructor":{"prototype":{"query":"{ __typename }"}}}'],
  ])('inherits nothing from a %s that it brings', async (_, body) => {
    await refused([400], () => post(body));
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await post(JSON.stringify({ query: ME }))).json()).toMatchObject({
      errors: [{ extensions: { reason: 'MISSING' } }],
    });
  });

  const postLines = (lines: readonly string[], body: string) => {
    const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines];
    return sendRaw(Number(new URL(server().url).port), `${head.join('\r\n')}\r\n\r\n${body}`);
  };
});
