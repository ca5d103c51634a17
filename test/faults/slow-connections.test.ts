import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const OF_EACH_KIND = 500;
/** Milliseconds between two bytes of a connection. */
const DRIP = 1_000;
/** Milliseconds for an honest request on a busy machine: less than the connections would hold a server that waits for them. */
const UNHARMED = 5_000;

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n';
const BODY = `${HEAD}Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n{`;
const PAGE = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** What a kind of connection sends first, and then from time to time. */
const KINDS = {
  'says nothing': ['', ''],
  'sends a header byte by byte': [`${HEAD}X-Slow: `, 'x'],
  'sends a body byte by byte': [BODY, ' '],
  'reads no answer, and asks on': [PAGE.repeat(20), PAGE.repeat(20)],
} as const;

/** Connections that hold on to the server for as long as it lets them. */
class Siege {
  readonly #sockets = new Map<Socket, keyof typeof KINDS>();
  #dripping: NodeJS.Timeout | undefined;

  async begin(url: string): Promise<void> {
    const { hostname, port } = new URL(url);
    for (let round = 0; round < OF_EACH_KIND; round++) {
      for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
        if (kind === 'reads no answer, and asks on') socket.pause();
        else socket.resume();
        socket.write(KINDS[kind][0]);
        this.#sockets.set(socket, kind);
      }
      // As fast as the server takes them.
      if (round % 25 === 0) await sleep(20);
    }
    this.#dripping = setInterval(() => this.#drip(), DRIP);
  }

  #drip(): void {
    for (const [socket, kind] of this.#sockets) if (socket.writableLength === 0) socket.write(KINDS[kind][1]);
  }

  count(kind: keyof typeof KINDS): number {
    return [...this.#sockets.values()].filter((each) => each === kind).length;
  }

  get size(): number {
    return this.#sockets.size;
  }

  end(): void {
    clearInterval(this.#dripping);
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}

onSqlite('a server to which 2,000 connections are slow', (database) => {
  withProcesses();

  it('I11 answers the others as if they were not there, and cuts off what sends no request in time', async () => {
    const server = startServe({ env: testEnvironment(database(), { LOG_LEVEL: 'warn' }) });
    const url = await server.ready();
    const user = await registerUser(url);
    /** What an honest client does. @returns what was wrong */
    const visit = async (): Promise<string[]> => {
      const begun = performance.now();
      const fresh = await login(url, user);
      const answers = [
        await refreshWith(url, fresh.refreshToken),
        await send(url, ME, {}, bearer(fresh.accessToken)),
      ];
      const took = (performance.now() - begun) / 3;
      const refused = answers.flatMap(({ errors, text }) => (errors ? [text] : []));
      return took > UNHARMED ? [...refused, `${Math.round(took)} ms a request`] : refused;
    };

    const siege = new Siege();
    try {
      await siege.begin(url);
      expect(siege.size).toBe(4 * OF_EACH_KIND);
      const wrong: string[] = [];
      const cutOff = async () => {
        wrong.push(...(await visit()));
        return siege.count('says nothing') === 0 && siege.count('sends a header byte by byte') === 0;
      };
      await until(cutOff);
      expect(wrong).toEqual([]);
      expect(siege.count('sends a body byte by byte')).toBeGreaterThan(0);
    } finally {
      siege.end();
    }
  });
});
