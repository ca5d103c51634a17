import { bearer, LOGOUT, login, REVOKE_ALL, registerUser, send, type Tokens } from '../support/client.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';
import { repeatedly } from './repeat.ts';

jest.setTimeout(300_000);

const SOCKETS = 1_000;
/** As many as one user may have. */
const EACH = 100;
const SESSIONS = 4;

onMysql('E2 a thousand sockets at three instances', (database) => {
  const urls = runInstances(database);
  const at = (turn: number) => instance(urls(), turn);

  it('are closed by one revocation of each user, all of them and with the reason, and nobody else’s', async () => {
    const admin = await login(at(0));
    const users = await Promise.all(Array.from({ length: SOCKETS / EACH }, () => registerUser(at(0))));
    const open: RawSocket[] = [];
    for (const user of users) {
      const sessions: Tokens[] = [user];
      while (sessions.length < SESSIONS) sessions.push(await login(at(0), user));
      const each = sessions.flatMap((tokens) => Array<Tokens>(EACH / SESSIONS).fill(tokens));
      open.push(
        ...(await Promise.all(
          each.map((tokens, turn) => RawSocket.subscribed(at(turn), tokens.accessToken)),
        )),
      );
    }
    const bystanders = await Promise.all(
      [0, 1, 2].map((turn) => RawSocket.subscribed(at(turn), admin.accessToken)),
    );
    expect(open.filter(({ isClosed }) => isClosed)).toEqual([]);
    expect(open).toHaveLength(SOCKETS);
    await Promise.all(
      users.map(({ userId }, turn) => send(at(turn), REVOKE_ALL, { userId }, bearer(admin.accessToken))),
    );
    await until(async () => open.every(({ isClosed }) => isClosed));
    const closings = new Set(open.map(({ closed }) => `${closed?.code} ${closed?.reason}`));
    expect([...closings]).toEqual(['4403 SESSION_ENDED: REVOKED_BY_ADMIN']);
    for (const socket of bystanders) {
      expect(socket.isClosed).toBe(false);
      socket.drop();
    }
  });
});

onEachDatabase('E5 connecting while the session is ended', (database) => {
  const urls = runInstances(database);
  const at = (turn: number) => instance(urls(), turn);
  /** Sockets that race each ending, at every instance. */
  const RACERS = 18;

  /** @returns what has outlived the session */
  async function race(user: { email: string; password: string }, turn: number): Promise<string[]> {
    const tokens = await login(at(turn), user);
    const racers: Promise<RawSocket>[] = [];
    // Some are through before it, some are in the middle of it, some come after.
    const connecting = async (racer: number) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
      return RawSocket.connect(at(racer), tokens.accessToken);
    };
    for (let racer = 0; racer < RACERS; racer += 1) racers.push(connecting(racer));
    const ending = await send(at(turn + 1), LOGOUT, { input: { refreshToken: tokens.refreshToken } });
    if (ending.errors !== undefined) return [ending.text];
    const sockets = await Promise.all(racers);
    await until(async () => sockets.every(({ isClosed }) => isClosed)).catch(() => undefined);
    return sockets.flatMap(({ closed, messages }) => {
      if (closed?.code === 4403 && closed.reason === 'SESSION_ENDED: LOGOUT') return [];
      return [`${JSON.stringify(closed)} after ${JSON.stringify(messages)}`];
    });
  }

  it('leaves none open, thousands of times', async () => {
    const user = await registerUser(at(0));
    let turn = 0;
    expect(await repeatedly(60, () => race(user, turn++))).toEqual([]);
  });

  it('lets those stand whose session nobody ends', async () => {
    const { accessToken } = await registerUser(at(0));
    const sockets = await Promise.all(
      Array.from({ length: RACERS }, (_, racer) => RawSocket.connect(at(racer), accessToken)),
    );
    expect(sockets.filter(({ isClosed }) => isClosed)).toEqual([]);
    for (const socket of sockets) socket.drop();
  });
});
