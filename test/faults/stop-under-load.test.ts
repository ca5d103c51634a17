import { Agent } from 'node:http';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { send } from '../http/client.ts';
import { LOGIN, ME, REFRESH, registerUser } from '../support/client.ts';
import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';
import { until } from '../support/until.ts';

const CLIENTS = 20;
/** Milliseconds between two requests of one client: of all together, 200 a second. */
const INTERVAL = 100;

type Account = Awaited<ReturnType<typeof registerUser>>;

/**
 * Sends its requests on one connection that is kept alive, as a proxy does, until the server says that it closes it or
 * takes no new one: then a proxy sends to another instance.
 */
class Client {
  readonly failures: string[] = [];
  answered = 0;
  /** The server said with an answer that it was the last one. */
  dismissed = false;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly port: number,
    private readonly account: Account,
  ) {}

  async run(): Promise<void> {
    await sleep(Math.random() * INTERVAL);
    for (let next = performance.now(); !this.dismissed; next += INTERVAL) {
      await sleep(Math.max(0, next - performance.now()));
      // A client that was held up learns first that its connection was closed meanwhile.
      await turn();
      if (!(await this.#ask())) break;
    }
    this.#agent.destroy();
  }

  async #ask(): Promise<boolean> {
    const { body, headers } = this.#request();
    try {
      const answer = await send(this.port, {
        method: 'POST',
        path: '/graphql',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      this.answered += 1;
      if (answer.status !== 200 || answer.text.includes('"errors"')) this.failures.push(answer.text);
      this.dismissed = answer.headers.connection === 'close';
      return true;
    } catch (error) {
      if (!String(error).includes('ECONNREFUSED')) this.failures.push(String(error));
      return false;
    }
  }

  #request(): { body: string; headers: Record<string, string> } {
    const { email, password, accessToken, refreshToken } = this.account;
    const kind = this.answered % 10;
    if (kind === 3)
      return {
        body: JSON.stringify({ query: LOGIN, variables: { input: { email, password } } }),
        headers: {},
      };
    if (kind % 3 === 0)
      return {
        body: JSON.stringify({ query: REFRESH, variables: { input: { refreshToken } } }),
        headers: {},
      };
    return { body: JSON.stringify({ query: ME }), headers: { authorization: `Bearer ${accessToken}` } };
  }
}

/** Ends a server that many clients use. @returns its exit status, and the clients when they have nobody to send to */
async function endUnderLoad(database: TestDatabase, signal: NodeJS.Signals) {
  const server = startServe({ env: testEnvironment(database) });
  const url = await server.ready();
  const accounts = await Promise.all(Array.from({ length: CLIENTS }, () => registerUser(url)));
  const clients = accounts.map((account) => new Client(Number(new URL(url).port), account));
  const running = clients.map((client) => client.run());
  const total = () => clients.reduce((sum, { answered }) => sum + answered, 0);
  // A busy machine may send far fewer than the 200 a second; each client is at work all the same.
  await until(async () => total() > CLIENTS * 10);
  server.kill(signal);
  const { status } = await server.exited;
  await Promise.all(running);
  return { status, failures: clients.flatMap(({ failures }) => failures), clients };
}

onEachDatabase('a server at 200 requests a second', (database) => {
  withProcesses();

  it('I12 told to stop: no request fails, clients are told, and it exits with 0', async () => {
    const { status, failures, clients } = await endUnderLoad(database(), 'SIGTERM');
    expect(failures).toEqual([]);
    expect(status).toBe(0);
    expect(clients.filter(({ dismissed }) => dismissed).length).toBeGreaterThan(CLIENTS / 2);
  });
});

onSqlite('a server at 200 requests a second that does not drain', (database) => {
  withProcesses();

  it('would be noticed: killed, it fails requests', async () => {
    const { failures, clients } = await endUnderLoad(database(), 'SIGKILL');
    expect(clients.filter(({ dismissed }) => dismissed)).toEqual([]);
    expect(failures.length).toBeGreaterThan(0);
  });
});
