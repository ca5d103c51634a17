import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createPortcullisLink } from '../../src/client/apollo/index.ts';
import { bearer, login, REVOKE_SESSION, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { makeStale, signedInTab } from './accounts.ts';
import { Browser, offline, type Tab } from './browser.ts';

const ME = gql`query Me { me { email } }`;

onSqlite('the link for Apollo Client', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  function apolloOf({ client }: Tab) {
    const http = new HttpLink({ uri: browser.url, fetch: browser.fetch });
    const link = createPortcullisLink(client).concat(http);
    return new ApolloClient({
      link,
      cache: new InMemoryCache(),
      defaultOptions: { query: { fetchPolicy: 'no-cache' } },
    });
  }

  it('puts the token on each operation, and sends a STALE one again once', async () => {
    const { tab, account, userId } = await signedInTab(server().url, browser);
    const apollo = apolloOf(tab);
    expect((await apollo.query({ query: ME })).data).toMatchObject({ me: { email: account.email } });
    await makeStale(server().url, userId);
    browser.sent.length = 0;
    expect((await apollo.query({ query: ME })).data).toMatchObject({ me: { email: account.email } });
    const [first, , again] = browser.sent;
    expect(browser.sent.length).toBe(3);
    expect(again?.authorization).toBe(`Bearer ${await tab.client.accessToken()}`);
    expect(again?.authorization).not.toBe(first?.authorization);
  });

  it('does not send a SESSION_ENDED one again: signed out, with the reason', async () => {
    const { tab, sessionId } = await signedInTab(server().url, browser);
    const { accessToken } = await login(server().url);
    await send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
    browser.sent.length = 0;
    const refused = apolloOf(tab).query({ query: ME });
    await expect(refused).rejects.toMatchObject({ errors: [{ extensions: { reason: 'SESSION_ENDED' } }] });
    expect(browser.sent.length).toBe(1);
    expect(tab.client.state).toMatchObject({ status: 'signedOut', endReason: 'REVOKED_BY_ADMIN' });
  });

  it('passes on what a network does to an operation', async () => {
    const { tab } = await signedInTab(server().url, browser);
    browser.network = offline;
    await expect(apolloOf(tab).query({ query: ME })).rejects.toThrow('Failed to fetch');
    expect(tab.client.state.signedIn).toBe(true);
  });

  it('sends nothing any more for an operation that is given up while the token is renewed', async () => {
    const { tab, userId } = await signedInTab(server().url, browser);
    await makeStale(server().url, userId);
    browser.sent.length = 0;
    const apollo = apolloOf(tab);
    const watched = apollo.watchQuery({ query: ME, fetchPolicy: 'no-cache' });
    let stop = () => {};
    const renewed = new Promise<void>((resolve) => {
      browser.network = async (go, { query }) => {
        if (query.startsWith('mutation refresh')) stop();
        const response = await go();
        if (query.startsWith('mutation refresh')) resolve();
        return response;
      };
    });
    const subscription = watched.subscribe(() => undefined);
    stop = () => subscription.unsubscribe();
    await renewed;
    await tab.client.request('{ __typename }');
    expect(browser.asked(/Me/).length).toBe(1);
  });
});
