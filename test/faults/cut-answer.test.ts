import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bearer,
  ME,
  REFRESH,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { auditOf, sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const PAST_WINDOW = 31_000;
const DAY = 86_400_000;

/** The refresh is done, and its client goes away without having read a byte of the answer. */
async function refreshAndVanish(url: string, database: TestDatabase, { sessionId, refreshToken }: Tokens) {
  const { rotated_at: before } = await sessionRow(database, sessionId);
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  const body = JSON.stringify({ query: REFRESH, variables: { input: { refreshToken } } });
  const head = [
    'POST /graphql HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    // The same browser as the one that retries.
    'User-Agent: node',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  while ((await sessionRow(database, sessionId))['rotated_at'] === before) await sleep(2);
  socket.resetAndDestroy();
}

onEachDatabase('an answer that is cut off after the commit', (database) => {
  const server = runServer(database);
  const retry = async ({ refreshToken }: Tokens) =>
    tokensOf(await refreshWith(server().url, refreshToken), 'refresh');
  const typesOf = async (sessionId: string) => (await auditOf(database(), sessionId)).map(({ type }) => type);

  it.each([
    ['at once', 0],
    ['after the window', PAST_WINDOW],
    ['days later', 6 * DAY],
  ])('C4 is recovered from %s', async (_, ms) => {
    const first = await registerUser(server().url);
    await refreshAndVanish(server().url, database(), first);
    await database().age(first.sessionId, ms);
    const second = await retry(first);
    expect(second.sessionId).toBe(first.sessionId);
    expect((await send(server().url, ME, {}, bearer(second.accessToken))).errors).toBeUndefined();
    // And it goes on.
    await database().age(first.sessionId, PAST_WINDOW);
    await retry(second);
    expect(await typesOf(first.sessionId)).toEqual(['LOGIN_SUCCEEDED']);
  });

  it('C4 is recovered from as often as it happens, in the window and after it', async () => {
    let tokens: Tokens = await registerUser(server().url);
    const { sessionId } = tokens;
    for (let round = 0; round < 4; round++) {
      await refreshAndVanish(server().url, database(), tokens);
      await database().age(sessionId, PAST_WINDOW);
      await refreshAndVanish(server().url, database(), tokens);
      tokens = await retry(tokens);
      await database().age(sessionId, PAST_WINDOW);
    }
    expect(await typesOf(sessionId)).toEqual(['LOGIN_SUCCEEDED']);
  });

  it('C4 leaves the retry of one who vanished twice within a window with one successor', async () => {
    const first = await registerUser(server().url);
    await refreshAndVanish(server().url, database(), first);
    const [a, b] = await Promise.all([retry(first), retry(first)]);
    expect(a.refreshToken).toBe(b.refreshToken);
  });
});
