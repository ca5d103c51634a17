import { gzipSync } from 'node:zlib';
import { send as sendHttp } from '../http/client.ts';
import { bearer, LOGIN, login, ME, send, type Tokens } from '../support/client.ts';
import { createSqlite, type TestDatabase } from '../support/databases.ts';
import { BOMBS, each } from '../support/documents.ts';
import { Served } from '../support/fuzz/served.ts';
import { ADMIN, testEnvironment } from '../support/server.ts';

const MEGABYTE = 1024 * 1024;
const ROUNDS = 15;

const large = 'x'.repeat(900_000);
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}`, n])));

/** Bodies of about a megabyte in many ways, none like that of the round before; each is refused, or without effect. */
const BODIES: ((round: number) => string | Buffer)[] = [
  (round) => `{"query":"{ __typename }","x":"${round}${large}"}`,
  (round) => `{"query":"{ __typename } #${round}${large}"}`,
  (round) => `{"query":"{ __typename }","variables":{"x":"${round}${large}"}}`,
  (round) => `{"query":"{ __typename }","extensions":{"x":"${round}${large}"}}`,
  (round) => `{"query":"query A${round} { __typename }","variables":${wide}}`,
  (round) => `{"query":"{ __typename }","x":${round}${deep}}`,
  (round) =>
    JSON.stringify({ query: LOGIN, variables: { input: { email: `${round}${large}`, password: 'x' } } }),
  (round) =>
    JSON.stringify({ query: LOGIN, variables: { input: { email: 'a@b', password: `${round}${large}` } } }),
  (round) => JSON.stringify({ query: LOGIN, variables: { input: { email: { [`${round}${large}`]: 1 } } } }),
  (round) => JSON.stringify({ query: '{ __typename }', operationName: `${round}${large}` }),
  (round) => `{"query":"${round}${large.repeat(3)}`,
  (round) => gzipSync(Buffer.alloc(10_000_000, String(round))),
  (round) => Buffer.alloc(900_000, round),
  ...Object.values(BOMBS).map((bomb) => (round: number) => JSON.stringify({ query: `${bomb} # ${round}` })),
];

/** Almost a thousand tokens of which nothing runs, so that nobody needs to be signed in. */
const LARGE = each(
  9,
  (
    n,
  ) => `a${n}: mySessions(first: 1) @skip(if: true) { id current createdAt lastSeenAt authenticatedAt idleExpiresAt
    expiresAt ipAddress userAgent deviceName endedAt endReason ${'... on Session { id }'.repeat(6)}
    user { id email displayName roles status createdAt ${'... { ... { '.repeat(2)} id ${'} }'.repeat(2)} } }`,
);

/** In a process of its own, which nothing else fills, and which tells what it holds once its garbage is collected. */
describe('F5 the memory of the server', () => {
  let database: TestDatabase | undefined;
  let served: Served | undefined;
  let admin: Tokens;
  beforeAll(async () => {
    database = await createSqlite();
    served = await Served.start(testEnvironment(database, { LOG_LEVEL: 'info' }));
    admin = await login(served.url, ADMIN);
  }, 90_000);
  afterAll(async () => {
    await served?.stop();
    await database?.drop();
  });

  const running = () => {
    if (served === undefined) throw new Error('The server runs only while the tests run.');
    return served;
  };
  const post = (body: string | Buffer) =>
    sendHttp(running().port, {
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body,
    });

  /** Bytes that are held after one more series of rounds than before. */
  async function growth(round: (number: number) => Promise<void>): Promise<number> {
    for (let number = 0; number < 5; number += 1) await round(number);
    const before = await running().memory();
    for (let number = 5; number < 5 + ROUNDS; number += 1) await round(number);
    return (await running().memory()) - before;
  }

  it('holds nothing of what it refused: less than the bytes of any one kind of body', async () => {
    const grown = await growth(async (number) => {
      const answers = await Promise.all(BODIES.map((body) => post(body(number))));
      for (const { status } of answers) expect([200, 400, 413]).toContain(status);
    });
    expect(grown).toBeLessThan(8 * MEGABYTE);
    expect(running().alive).toBe(true);
  }, 240_000);

  it('holds few of the documents that it accepted, no two of them alike', async () => {
    const grown = await growth(async (number) => {
      const documents = Array.from({ length: 40 }, (_, n) => `query Q${number}_${n} { __typename ${LARGE} }`);
      for (const document of documents)
        expect((await send(running().url, document)).data).toEqual({ __typename: 'Query' });
    });
    expect(grown).toBeLessThan(32 * MEGABYTE);
  }, 240_000);

  it('and it still serves', async () => {
    const { data } = await send(running().url, ME, {}, bearer(admin.accessToken));
    expect(data.me.email).toBe(ADMIN.email);
  });
});
