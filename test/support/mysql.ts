import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.ts';

const LOCAL = 'mysql://root@127.0.0.1:3306';

/** A MySQL or MariaDB server for the tests, by the order of CONTRACT: the one that is named, the local one, our own. */
export interface MysqlServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function findMysql(env: NodeJS.ProcessEnv): Promise<MysqlServer | undefined> {
  const named = env['TEST_MYSQL_URL'];
  if (named !== undefined && named !== '')
    return { url: await answering(named), stop: async () => undefined };
  if (await answers(LOCAL)) return { url: LOCAL, stop: async () => undefined };
  return isInstalled('mariadbd') ? startThrowAway() : undefined;
}

async function answering(url: string): Promise<string> {
  const connection = await createConnection(url);
  await connection.end();
  return url;
}

async function answers(url: string): Promise<boolean> {
  return answering(url).then(
    () => true,
    () => false,
  );
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startThrowAway(): Promise<MysqlServer> {
  const server = await OwnMariadb.start();
  return { url: server.url, stop: () => server.stop() };
}

/** A MariaDB of the tests' own, which they may kill, stop and fill up. Its data are gone when it is stopped. */
export class OwnMariadb {
  readonly url: string;
  #process: ChildProcess | undefined;

  private constructor(
    private readonly home: string,
    readonly port: number,
    private readonly options: readonly string[],
  ) {
    this.url = `mysql://root@127.0.0.1:${port}`;
  }

  /** @param options e.g. `--innodb-file-per-table=0` */
  static async start(options: readonly string[] = []): Promise<OwnMariadb> {
    const home = mkdtempSync(join(tmpdir(), 'portcullis-mariadb-'));
    execFileSync(
      'mariadb-install-db',
      [
        '--no-defaults',
        `--datadir=${home}/data`,
        '--auth-root-authentication-method=normal',
        ...asRoot(),
        ...options,
      ],
      { stdio: 'ignore' },
    );
    for (let attempt = 1; ; attempt++) {
      const server = new OwnMariadb(home, await freePort(), options);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Somebody else may have taken the port meanwhile.
        if (attempt === 3) throw error;
      }
    }
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Where its data are. */
  get folder(): string {
    return `${this.home}/data`;
  }

  /** On the same port, with the data that are there. */
  async restart(): Promise<void> {
    const { home, port, options } = this;
    const files = [`--datadir=${this.folder}`, `--socket=${home}/socket`, `--pid-file=${home}/pid`];
    const address = [`--port=${port}`, '--bind-address=127.0.0.1'];
    const all = ['--no-defaults', ...files, ...address, ...asRoot(), ...options];
    // The signal is ignored by which it would end at a limit of the size of its files: so that is a failed write, as on a
    // full disk.
    const exec = 'trap "" XFSZ; exec mariadbd "$@"';
    this.#process = spawn('sh', ['-c', exec, 'sh', ...all], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 150 && this.#process.exitCode === null; attempt++) {
      if (await answers(this.url)) return;
      await sleep(200);
    }
    await this.kill();
    throw new Error('The throw-away mariadbd did not answer within 30 s.');
  }

  /** Whoever stops it lets it go on again. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.home, { recursive: true, force: true });
  }
}

function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
