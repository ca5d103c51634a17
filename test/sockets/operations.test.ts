import { bearer, LOGIN, LOGOUT, ME, REFRESH, registerUser, send, type Tokens } from '../support/client.ts';
import { BOMBS, INTROSPECTION } from '../support/documents.ts';
import { growth, scrape } from '../support/metrics.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { type Message, MY_EVENTS, RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;
const repeated = (count: number, text: string) => Array.from({ length: count }, (_, n) => `a${n}: ${text}`);

/** What is refused before it runs, over HTTP and on a socket alike. */
const REFUSED: Readonly<Record<string, readonly [document: string, variables?: object]>> = {
  ...Object.fromEntries(Object.entries(BOMBS).map(([name, document]) => [name, [document]])),
  depth: [nested(50)],
  aliases: [`{ ${repeated(16, 'me { id }').join(' ')} }`],
  tokens: [`{ ${'me { id } '.repeat(500)} }`],
  characters: [`{ me { id } } #${'x'.repeat(20_000)}`],
  'no document': [''],
  'a syntax error': ['{ me { id }'],
  'an unknown field': ['{ me { password } }'],
  'two credential fields': ['mutation { a: logout { ended } b: logout { ended } }'],
  'several operations and no name': ['query A { me { id } } query B { me { id } }'],
  'two root fields in a subscription': [
    'subscription { a: mySessionEvents { at } b: mySessionEvents { at } }',
  ],
  'too many variables': [ME, { list: Array.from({ length: 2_000 }, () => 1) }],
  'an unfit variable': ['query ($first: Int!) { mySessions(first: $first) { id } }', { first: 'secret' }],
  'an unfit variable of a subscription': [
    'subscription ($on: Boolean!) { mySessionEvents { at @skip(if: $on) } }',
  ],
};

for (const introspection of ['on', 'off'])
  onSqlite(`operations on a socket, INTROSPECTION ${introspection}`, (database) => {
    const server = runServer(database, { INTROSPECTION: introspection });
    const url = () => server().url;
    let user: Tokens;
    let socket: RawSocket;
    let asked = 0;
    const ask = (document: string, variables?: object): Promise<Message | undefined> =>
      socket.answer(`${++asked}`, document, variables);
    beforeAll(async () => {
      user = await registerUser(url());
      socket = await RawSocket.connect(url(), user.accessToken);
    });
    afterAll(() => socket.drop());

    it.each(Object.entries(REFUSED))(
      'F2, F3 are refused as over HTTP: %s',
      async (name, [document, variables]) => {
        const message = await ask(document, variables);
        // Which a request may not ask for at all.
        if (name.endsWith('of a subscription'))
          expect(message?.payload).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        else {
          const { errors } = await send(url(), document, variables, bearer(user.accessToken));
          expect(message?.payload).toEqual(errors);
        }
        expect(message?.type).toBe('error');
        expect(JSON.stringify(message)).not.toContain('"secret"');
      },
    );

    it('F4 hides the schema as over HTTP', async () => {
      for (const document of [INTROSPECTION, '{ meh { id } }']) {
        const over = await send(url(), document, {}, bearer(user.accessToken));
        const message = await ask(document);
        expect(message?.type === 'error' ? { errors: message.payload } : message?.payload).toEqual(
          JSON.parse(over.text),
        );
      }
    });

    it('are answered as over HTTP', async () => {
      for (const document of [
        ME,
        '{ users { nodes { id } } }',
        'mutation { revokeOtherSessions { revokedCount } }',
      ]) {
        const over = await send(url(), document, {}, bearer(user.accessToken));
        expect((await ask(document))?.payload).toEqual(JSON.parse(over.text));
      }
    });
  });

onSqlite('operations on a socket', (database) => {
  const server = runServer(database);
  const url = () => server().url;

  it('D2, D5 never set or use the cookie, and give no page a refresh token', async () => {
    const user = await registerUser(url());
    const input = { email: user.email, password: user.password };
    const page = await RawSocket.connect(url(), user.accessToken, { origin: 'http://localhost:4000' });
    const program = await RawSocket.connect(url(), user.accessToken);
    for (const [id, document, variables] of [
      ['login', LOGIN, { input }],
      ['refresh', REFRESH, {}],
      ['logout', LOGOUT, {}],
    ] as const)
      for (const socket of [page, program])
        expect((await socket.answer(id, document, variables))?.payload).toMatchObject({
          errors: [{ extensions: { code: 'FORBIDDEN' } }],
        });
    const asked = { input: { ...input, transport: 'BODY' } };
    expect((await page.answer('body', LOGIN, asked))?.payload).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', problem: 'BROWSER' } }],
    });
    expect((await program.answer('body', LOGIN, asked))?.payload.data.login.refreshToken).toMatch(/^pr1_/);
    for (const socket of [page, program]) socket.drop();
  });

  it('C12 that are denied for another token than the socket’s own do not close it', async () => {
    const user = await registerUser(url());
    const socket = await RawSocket.connect(url(), user.accessToken);
    const answer = await socket.answer('1', REFRESH, { input: { refreshToken: 'pr1_rubbish' } });
    expect(answer?.payload).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect((await socket.answer('2', ME))?.payload.data.me.id).toBe(user.userId);
    socket.drop();
  });

  it('are as many at once as may be, and no more', async () => {
    const { accessToken } = await registerUser(url());
    const socket = await RawSocket.connect(url(), accessToken);
    for (let id = 0; id < 40; id += 1) socket.ask(`${id}`, MY_EVENTS);
    await until(async () => socket.messages.filter(({ type }) => type === 'error').length === 8);
    const refused = socket.messages.find(({ type }) => type === 'error');
    expect(refused?.payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfter: 1 } }]);
    await until(async () => (await scrape(server())).get('portcullis_subscriptions') === 32);
    socket.say({ id: '0', type: 'complete' });
    await until(async () => (await scrape(server())).get('portcullis_subscriptions') === 31);
    expect((await socket.answer('again', ME))?.type).toBe('next');
    socket.drop();
    await until(async () => (await scrape(server())).get('portcullis_subscriptions') === 0);
  });

  it('leave nothing behind that is completed at once, under one id again and again', async () => {
    const { accessToken } = await registerUser(url());
    const socket = await RawSocket.connect(url(), accessToken);
    for (let time = 0; time < 20; time += 1) {
      socket.ask('1', MY_EVENTS);
      socket.say({ id: '1', type: 'complete' });
    }
    await socket.answer('last', ME);
    await until(async () => (await scrape(server())).get('portcullis_subscriptions') === 0);
    socket.drop();
  });

  it('close the socket under an id that is in use, however long', async () => {
    const { accessToken } = await registerUser(url());
    for (const id of ['1', 'x'.repeat(10_000)]) {
      const socket = await RawSocket.connect(url(), accessToken);
      socket.ask(id, MY_EVENTS);
      socket.ask(id, MY_EVENTS);
      expect((await socket.end()).code).toBe(4409);
    }
  });

  it('are counted like requests', async () => {
    const { accessToken } = await registerUser(url());
    const grown = await growth(server(), 'portcullis_graphql_fields_total', async () => {
      const socket = await RawSocket.connect(url(), accessToken);
      await socket.subscribe();
      socket.drop();
    });
    expect(grown).toEqual({ 'me ok': 1, 'mySessionEvents ok': 1 });
  });

  it('are no way around HTTP: a subscription is refused there', async () => {
    const { accessToken } = await registerUser(url());
    const answer = await send(url(), MY_EVENTS, {}, bearer(accessToken));
    expect(answer).toMatchObject({ status: 400, refusal: { code: 'BAD_REQUEST' } });
  });
});
