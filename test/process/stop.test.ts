import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKOUT, type Child, newFolder, start, startServe, withProcesses } from '../support/processes.ts';

const QUERY = JSON.stringify({ query: '{ __typename }' });

/** A request that has arrived and cannot be answered before its last byte has come. */
class RequestUnderWay {
  #text = '';

  private constructor(private readonly socket: Socket) {
    socket.on('data', (text: Buffer) => {
      this.#text += text;
    });
    socket.on('error', () => undefined);
  }

  static async begin(url: string): Promise<RequestUnderWay> {
    const { hostname, port, host } = new URL(url);
    const request = new RequestUnderWay(connect(Number(port), hostname));
    const head = ['POST /graphql HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json'];
    // The server's 100 Continue tells that it has the head, and is waiting for the body.
    const expecting = [`Content-Length: ${QUERY.length}`, 'Expect: 100-continue', '', ''];
    request.socket.write([...head, ...expecting].join('\r\n'));
    await request.#until(/100 Continue/);
    request.socket.write(QUERY.slice(0, -1));
    return request;
  }

  /** Sends the rest and reads the answer. */
  async finish(): Promise<string> {
    this.socket.write(QUERY.slice(-1));
    await this.#until(/"data"/);
    return this.#text;
  }

  async #until(what: RegExp): Promise<void> {
    while (!what.test(this.#text)) {
      if (this.socket.destroyed) throw new Error(`the connection was closed: ${this.#text}`);
      await sleep(10);
    }
  }
}

async function stopped(server: Child): Promise<void> {
  const { status, signal } = await server.outcome();
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  expect(server.log.at(-1)?.['msg']).toBe('stopped');
}

describe('serve, told to stop', () => {
  withProcesses();

  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with status 0', async (signal) => {
    const server = startServe();
    const url = await server.ready();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    server.kill(signal);
    await stopped(server);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('answers what is under way first', async () => {
    const server = startServe();
    const request = await RequestUnderWay.begin(await server.ready());
    server.kill();
    await server.logged('stopping');
    const answer = await request.finish();
    expect(answer).toMatch(/HTTP\/1\.1 200 OK/);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain('{"data":{"__typename":"Query"}}');
    await stopped(server);
  });

  it('cuts off a request that never ends, in time', async () => {
    const server = startServe();
    await RequestUnderWay.begin(await server.ready());
    server.kill();
    const inTime = await Promise.race([server.exited, sleep(15_000, 'still running', { ref: false })]);
    expect(inTime).toMatchObject({ status: 0 });
  });

  it('takes a signal that comes by two ways, as a Ctrl-C under npm does, for one', async () => {
    const server = startServe();
    const request = await RequestUnderWay.begin(await server.ready());
    server.kill('SIGINT');
    await server.logged('stopping');
    server.kill('SIGINT');
    expect(await request.finish()).toMatch(/HTTP\/1\.1 200 OK/);
    await stopped(server);
  });

  it('ends at once at a second signal', async () => {
    const server = startServe();
    await RequestUnderWay.begin(await server.ready());
    server.kill();
    await server.logged('stopping');
    // The first second counts as the same signal.
    const again = setInterval(() => server.kill(), 200);
    const { signal } = await server.outcome().finally(() => clearInterval(again));
    expect(signal).toBe('SIGTERM');
    expect(server.log.at(-1)?.['msg']).toBe('stopping');
  });

  it('ends with status 0 while it is still waiting for its database', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const secret = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const server = startServe({
      env: { DATABASE_URL: `mysql://me@127.0.0.1:${port}/auth`, PORTCULLIS_SECRET: secret },
    });
    await connected;
    server.kill();
    expect(await server.outcome()).toMatchObject({ status: 0, stdout: '' });
    silent.close();
  });
});

describe('npm start, told to stop', () => {
  withProcesses();

  function npmStart(): Child {
    const env = { PORT: '0', DATABASE_URL: `sqlite:${newFolder()}/db.sqlite` };
    return start('npm', ['start'], { cwd: CHECKOUT, env });
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s answers what is under way and ends with status 0',
    async (signal) => {
      const npm = npmStart();
      const request = await RequestUnderWay.begin(await npm.ready());
      npm.kill(signal);
      await npm.logged('stopping');
      expect(await request.finish()).toMatch(/HTTP\/1\.1 200 OK/);
      await stopped(npm);
    },
  );

  it('by Ctrl-C, which reaches the server twice, does the same', async () => {
    const npm = npmStart();
    const request = await RequestUnderWay.begin(await npm.ready());
    npm.killGroup('SIGINT');
    await npm.logged('stopping');
    expect(await request.finish()).toMatch(/HTTP\/1\.1 200 OK/);
    await stopped(npm);
  });
});

describe('serve, failing in a way that nobody foresaw', () => {
  withProcesses();

  it.each([
    ['a rejection', 'Promise.reject(new Error("out of the blue"))'],
    ['an exception', 'setTimeout(() => { throw new Error("out of the blue") })'],
  ])('logs %s as JSON and ends with status 1', async (_, fault) => {
    const script = `process.on("SIGUSR2", () => { ${fault} })`;
    const server = startServe({
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` },
    });
    await server.ready();
    server.kill('SIGUSR2');
    expect(await server.outcome()).toMatchObject({ status: 1, signal: null });
    expect(server.log.at(-1)).toMatchObject({ level: 'fatal', err: { message: 'out of the blue' } });
  });
});
