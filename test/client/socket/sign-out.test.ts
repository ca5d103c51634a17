import { bearer, login, REVOKE_SESSION, registerUser, send } from '../../support/client.ts';
import { onSqlite, runServer } from '../../support/running.ts';
import { until } from '../../support/until.ts';
import { signedInTab, untilStatus } from '../accounts.ts';
import { Browser } from '../browser.ts';
import { closingsOf, listen, openSockets, untilServed } from './heard.ts';

onSqlite('a socket whose session is over', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  async function subscribed(passive = false) {
    const person = await signedInTab(server().url, browser);
    const socket = browser.openSocket(person.tab, { passive });
    const [closings, heard] = [closingsOf(socket), listen(socket)];
    await untilServed(socket);
    return { ...person, socket, closings, heard };
  }

  it.each([false, true])(
    'signs out every tab at once, with the reason, and asks for nothing (passive: %s)',
    async (passive) => {
      const { tab, account, sessionId, closings, heard } = await subscribed(passive);
      const other = browser.open();
      await other.client.ready();
      browser.sent.length = 0;
      const { accessToken } = await login(server().url, account);
      await send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
      for (const each of [tab, other]) {
        await untilStatus(each, 'signedOut');
        expect(each.client.state.endReason).toBe('REVOKED_BY_USER');
      }
      expect(browser.sent).toEqual([]);
      expect(heard.endings).toMatchObject([
        { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_USER' },
      ]);
      // The other tab's token may have come on another connection.
      expect(new Set(closings)).toEqual(new Set(['4403 SESSION_ENDED: REVOKED_BY_USER']));
      expect(browser.sockets.length).toBe(closings.length);
    },
  );

  it('leaves the one alone whose other session was ended, and tells it', async () => {
    const { tab, account, heard } = await subscribed();
    const { sessionId, accessToken } = await login(server().url, account);
    await send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
    await until(async () => heard.of(sessionId, 'ENDED').length === 1);
    expect(heard.of(sessionId, 'ENDED')).toMatchObject([{ session: { endReason: 'REVOKED_BY_USER' } }]);
    expect(tab.client.state.signedIn).toBe(true);
    expect(heard.endings).toEqual([]);
  });

  it('closes when this browser signs out, in whichever tab', async () => {
    const { tab, heard } = await subscribed();
    const other = browser.open();
    await other.client.ready();
    await other.client.logout();
    await untilStatus(tab, 'signedOut');
    await until(async () => openSockets(browser) === 0);
    expect(heard.endings.length).toBe(1);
  });

  it('brings nothing of the one before to whoever signs in next', async () => {
    const { tab, account, heard, socket } = await subscribed();
    const { email, password } = await registerUser(server().url);
    const next = { email, password };
    await tab.client.login(next);
    expect(heard.endings).toEqual(['complete']);
    const [before, heardByNext] = [heard.events.length, listen(socket)];
    await untilServed(socket);
    const elsewhere = await login(server().url, account);
    const ofNext = await login(server().url, next);
    await until(async () => heardByNext.of(ofNext.sessionId, 'BEGAN').length === 1);
    expect(heard.events.length).toBe(before);
    expect(heardByNext.events.filter(({ session }) => session.id === elsewhere.sessionId)).toEqual([]);
    await until(async () => openSockets(browser) === 1);
  });

  it('goes on in the next session of the same person, though it is told of the end of the last one first', async () => {
    const { tab, account, closings, heard, socket } = await subscribed();
    browser.network = async (go, { query }) => {
      const answer = await go();
      if (query.startsWith('mutation login')) await until(async () => closings.length === 1);
      return answer;
    };
    await tab.client.login(account);
    expect(closings).toEqual(['4403 SESSION_ENDED: LOGOUT']);
    await until(async () => browser.sockets.length === 2);
    await untilServed(socket);
    const { sessionId } = await login(server().url, account);
    await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
    expect(heard.endings).toEqual([]);
  });
});
