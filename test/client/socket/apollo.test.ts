import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { bearer, login, REVOKE_SESSION, send } from '../../support/client.ts';
import { onSqlite, runServer } from '../../support/running.ts';
import { until } from '../../support/until.ts';
import { signedInTab } from '../accounts.ts';
import { Browser } from '../browser.ts';
import { MY_EVENTS, untilServed } from './heard.ts';

onSqlite('a socket for others', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  async function aSocket() {
    const person = await signedInTab(server().url, browser);
    return { ...person, socket: browser.openSocket(person.tab) };
  }

  it("is taken by Apollo's GraphQLWsLink as it is", async () => {
    const { account, sessionId, socket } = await aSocket();
    const apollo = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
    const [results, errors]: [unknown[], unknown[]] = [[], []];
    apollo.subscribe({ query: gql(MY_EVENTS), fetchPolicy: 'no-cache' }).subscribe({
      next: ({ data, error }) => (error ? errors : results).push(error ?? data),
      error: (error) => errors.push(error),
    });
    const { data } = await apollo.query({ query: gql`query Me { me { email } }` });
    expect(data).toMatchObject({ me: { email: account.email } });
    const elsewhere = await login(server().url, account);
    await until(async () => results.length === 1);
    expect(results).toMatchObject([
      { mySessionEvents: { kind: 'BEGAN', session: { id: elsewhere.sessionId } } },
    ]);
    await send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(elsewhere.accessToken));
    await until(async () => errors.length === 1);
    expect(errors).toMatchObject([{ reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_USER' }]);
    apollo.stop();
  });

  it('is iterated, until one has had enough', async () => {
    const { account, socket } = await aSocket();
    const events = socket.iterate({ query: MY_EVENTS });
    await untilServed(socket);
    const kinds: unknown[] = [];
    await login(server().url, account);
    await login(server().url, account);
    for await (const { data } of events) if (kinds.push(data?.['mySessionEvents']) === 2) break;
    expect(kinds).toMatchObject([{ kind: 'BEGAN' }, { kind: 'BEGAN' }]);
    await until(async () => browser.sockets.every(({ readyState, CLOSED }) => readyState === CLOSED));
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('an iteration that waits ends when it is told to, and when the session does', async () => {
    const { tab, socket } = await aSocket();
    const [stopped, ended] = [socket.iterate({ query: MY_EVENTS }), socket.iterate({ query: MY_EVENTS })];
    await untilServed(socket);
    const [waiting, other] = [stopped.next(), ended.next()];
    await stopped.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await tab.client.logout();
    expect(await other).toEqual({ done: true, value: undefined });
  });
});
