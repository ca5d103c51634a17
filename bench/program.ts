import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout; this file runs in .build-bench/bench/. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const READY = /ready at (\S+)\n/;

/** Milliseconds for a program to start. */
const START_LIMIT = 300_000;

/** Ticks of /proc's CPU times, which Linux counts in hundredths of a second on every machine. */
const TICK_MICROSECONDS = 10_000;

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A server that is measured, in a process of its own. It ends when its stdin does, so that it never outlives the bench. */
export class Program {
  private constructor(
    readonly url: string,
    /** Milliseconds from the start of the process to the line that says where it listens. */
    readonly startedIn: number,
    /** What it had printed until then. */
    readonly output: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param args of node; the program prints `ready at URL` */
  static async start(args: readonly string[], options: ProgramOptions = {}): Promise<Program> {
    const { PATH, HOME } = process.env;
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? ROOT,
      env: { PATH, HOME, NODE_ENV: 'production', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const output = await readyOutput(child, args);
    const url = READY.exec(output)?.[1] ?? '';
    return new Program(url, performance.now() - startedAt, output, child);
  }

  /** CPU time that the process has used, in microseconds; undefined where there is no /proc. */
  cpuTime(): number | undefined {
    const fields = readProc(this.child.pid, 'stat')?.split(') ')[1]?.split(' ');
    return fields && (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
  }

  /** Bytes of physical memory; undefined where there is no /proc. */
  residentMemory(): number | undefined {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readProc(this.child.pid, 'status') ?? '')?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

const running = new Set<ChildProcess>();

/** Starts a program that ends with the scenario. */
export type Keep = (starting: Promise<Program>) => Promise<Program>;

/** Whatever comes of it, the programs that it has started are stopped. */
export async function withPrograms<Result>(work: (keep: Keep) => Promise<Result>): Promise<Result> {
  const started: Program[] = [];
  try {
    return await work(async (starting) => {
      const program = await starting;
      started.push(program);
      return program;
    });
  } finally {
    await Promise.all(started.map((program) => program.stop()));
  }
}

/** At the end of the bench, whatever its reason. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

function readProc(pid: number | undefined, file: 'stat' | 'status'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

async function readyOutput(child: ChildProcess, args: readonly string[]): Promise<string> {
  let output = '';
  const late = setTimeout(() => {
    output += 'It took too long.';
    child.kill('SIGKILL');
  }, START_LIMIT);
  try {
    return await new Promise((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        output += chunk;
        if (READY.test(output)) resolve(output);
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('exit', () => reject(new Error(`${args.join(' ')} ended at its start:\n${output}`)));
    });
  } finally {
    clearTimeout(late);
  }
}
