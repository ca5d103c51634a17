import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT, newFolder } from '../processes.ts';

/** Runs in the server's process: tells its memory when asked, and ends it when the tests have ended. */
const PROBE = `
  process.on('message', () => {
    for (let round = 0; round < 4; round++) gc();
    const { heapUsed, external } = process.memoryUsage();
    process.send(heapUsed + external);
  });
  process.channel.unref();
  process.on('disconnect', () => process.exit(99));
`;

/** Asked for only by requests that are hidden in the body of another one. */
export const HIDDEN_PATH = '/smuggled';

const START_LIMIT = 60_000;

/** What the log must never hold: tokens, and passwords of `registerUser`. */
const SECRET = /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|pr1_[\w-]{8,}|correct horse battery/;

type Line = Readonly<Record<string, unknown>>;

/** A server in a process of its own, as operators run it, whose log is judged line by line. */
export class Served {
  readonly exited: Promise<number | null>;
  /** What came that no log may hold, one text each. */
  readonly faults: string[] = [];
  #url: string | undefined;
  #alive = true;
  #unfinished = '';
  /** The last line on stderr. */
  #last = '';
  readonly #seen = new Set<string>();
  #changed: () => void = () => undefined;

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.exited = new Promise((resolve) => {
      child.once('close', (code) => {
        this.#alive = false;
        this.#changed();
        resolve(code);
      });
    });
  }

  static async start(env: NodeJS.ProcessEnv): Promise<Served> {
    const { PATH, HOME } = process.env;
    const child = fork(join(CHECKOUT, 'bin/portcullis.js'), ['serve'], {
      cwd: newFolder(),
      env: { PATH, HOME, ...env },
      execArgv: ['--expose-gc', `--import=data:text/javascript,${encodeURIComponent(PROBE)}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const served = new Served(child);
    await served.#until(() => served.#url !== undefined, START_LIMIT);
    return served;
  }

  get url(): string {
    return this.#url ?? '';
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Once this request stands in the log, everything stands there that was logged before its answer. */
  async logged(requestId: string): Promise<void> {
    await this.#until(() => this.#seen.delete(requestId), 10_000);
  }

  /** Bytes in use after the garbage is collected: of the heap, and of what the heap refers to. */
  memory(): Promise<number> {
    return new Promise((resolve) => {
      this.child.once('message', (bytes) => resolve(Number(bytes)));
      this.child.send('memory');
    });
  }

  /** Stops it in order; the exit status. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  #read(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) this.#judge(line);
    this.#last = lines.at(-1) ?? this.#last;
    this.#changed();
  }

  #judge(text: string): void {
    const line = parsed(text);
    if (line === undefined) {
      // Of the start: the build, and warnings of Node.
      if (this.#url !== undefined) this.faults.push(`not a line of JSON: ${text}`);
      return;
    }
    if (line['msg'] === 'ready') this.#url = String(line['url']);
    const grave = line['level'] !== 'debug' && line['level'] !== 'info';
    if (this.#url !== undefined && grave) this.faults.push(text);
    if (SECRET.test(text)) this.faults.push(`a secret: ${text}`);
    if (line['msg'] !== 'request') return;
    this.#seen.add(String(line['requestId']));
    if (String(line['path']).startsWith(HIDDEN_PATH)) this.faults.push(`a hidden request ran: ${text}`);
  }

  async #until(holds: () => boolean, limit: number): Promise<void> {
    const late = Date.now() + limit;
    while (!holds()) {
      const left = late - Date.now();
      if (!this.#alive || left <= 0)
        throw new Error(`The server ${this.#alive ? 'is silent' : 'has ended'}.`);
      await this.#change(left);
    }
  }

  #change(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
