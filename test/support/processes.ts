import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from './databases.ts';
import { testEnvironment } from './server.ts';

export const CHECKOUT = join(__dirname, '../..');
/** What `bin/portcullis.js` runs once it has seen that the build is current, which `withProcesses` has seen to. */
const PROGRAM = join(CHECKOUT, 'dist/src/cli/portcullis.js');

/** Milliseconds after which what a test waits for does not come any more. */
const LIMIT = 25_000;

/** Seconds after which a process ends by itself: one that outlives its test, since the test run itself was killed. */
const LIFETIME = 120;

function endingAfter(seconds: number): string {
  const program = `setTimeout(() => process.exit(99), ${seconds * 1_000}).unref()`;
  return `--import=data:text/javascript,${encodeURIComponent(program)}`;
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** Nothing else is inherited but what a program needs to be found. */
  readonly env?: NodeJS.ProcessEnv;
  /** A new folder unless it is given. */
  readonly cwd?: string;
  readonly stdin?: string | Buffer;
  /** Seconds, for a test that takes longer than two minutes. */
  readonly lifetime?: number;
}

const running = new Set<Child>();
const folders: string[] = [];

/** A new empty folder, gone after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-process-'));
  folders.push(folder);
  return folder;
}

/** A process of a test. It leads a group of its own, as a program started from a terminal does. */
export class Child {
  readonly exited: Promise<Outcome>;
  #stdout = '';
  #stderr = '';

  constructor(
    private readonly child: ChildProcess,
    stdin: string | Buffer = '',
  ) {
    running.add(this);
    child.stdout?.on('data', (text: Buffer) => {
      this.#stdout += text;
    });
    child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text;
    });
    // It may be gone before it has read all.
    child.stdin?.on('error', () => undefined).end(stdin);
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        running.delete(this);
        resolve({ status, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** The lines of its log. */
  get log(): Record<string, unknown>[] {
    const lines = this.#stderr.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The URL of a server, once its banner has been printed. */
  async ready(): Promise<string> {
    await this.until(() => this.#stdout.includes('Log in:'));
    const url = /ready at (\S+)/.exec(this.#stdout)?.[1];
    if (url === undefined) throw new Error(`no URL in the banner: ${this.#stdout}`);
    return url;
  }

  async logged(message: string): Promise<void> {
    await this.until(() => this.log.some(({ msg }) => msg === message));
  }

  async until(condition: () => boolean): Promise<void> {
    for (const end = Date.now() + LIMIT; !condition(); await sleep(20)) {
      if (Date.now() < end && running.has(this)) continue;
      throw new Error(`what was waited for did not come:\n${this.#stdout}\n${this.#stderr}`);
    }
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** To everyone in its group, as Ctrl-C on a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  /** How it ended; one that does not end in time is killed, and fails the test. */
  async outcome(): Promise<Outcome> {
    const late = setTimeout(() => this.killGroup('SIGKILL'), LIMIT);
    const outcome = await this.exited.finally(() => clearTimeout(late));
    if (outcome.signal === 'SIGKILL') throw new Error(`killed: ${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  }
}

/** Starts a program. */
export function start(command: string, args: readonly string[], options: Options = {}): Child {
  const { PATH, HOME } = process.env;
  const { env = {}, cwd = newFolder(), stdin, lifetime = LIFETIME } = options;
  const NODE_OPTIONS = [endingAfter(lifetime), env['NODE_OPTIONS'] ?? ''].join(' ');
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env, NODE_OPTIONS }, detached: true });
  return new Child(child, stdin);
}

/** Starts the program of this checkout with arguments, e.g. `serve`. */
function startPortcullis(args: readonly string[], options: Options = {}): Child {
  return start(process.execPath, [PROGRAM, ...args], options);
}

/** Starts a server on a free port. */
export function startServe(options: Options = {}): Child {
  return startPortcullis(['serve'], { ...options, env: { PORT: '0', ...options.env } });
}

/** Of an operator, who runs commands on the database of a test server and reads what they print. */
export function operatorEnvironment(database: Pick<TestDatabase, 'url'>): NodeJS.ProcessEnv {
  return testEnvironment(database, { LOG_LEVEL: '' });
}

/** Runs one command to its end. */
export function portcullis(args: readonly string[], options: Options = {}): Promise<Outcome> {
  return startPortcullis(args, options).outcome();
}

/** What a command printed with `--json`; a command that failed fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of it is what it asserts.
export async function portcullisJson(args: readonly string[], options: Options = {}): Promise<any> {
  const { status, stdout, stderr } = await portcullis([...args, '--json'], options);
  if (status !== 0) throw new Error(`portcullis ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** For suites that start processes: builds the program before them, and leaves none of them behind. */
export function withProcesses(): void {
  beforeAll(() => void execFileSync(process.execPath, [join(CHECKOUT, 'scripts/build.mjs')]), 60_000);
  afterEach(async () => {
    for (const child of running) child.killGroup('SIGKILL');
    await Promise.all([...running].map((child) => child.exited));
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
}
