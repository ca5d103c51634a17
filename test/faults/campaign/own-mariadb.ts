import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../../support/free-port.ts';

const AS_ROOT = process.getuid?.() === 0 ? ['--user=root'] : [];

/** A MariaDB of the test's own, that it may kill and stop; durable as the operator's guide asks for. */
export class OwnMariadb {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly home: string,
    readonly port: number,
  ) {}

  static async start(): Promise<OwnMariadb> {
    const home = mkdtempSync(join(tmpdir(), 'portcullis-faults-'));
    const install = ['--no-defaults', `--datadir=${home}/data`, '--auth-root-authentication-method=normal'];
    execFileSync('mariadb-install-db', [...install, '--skip-test-db', ...AS_ROOT], { stdio: 'ignore' });
    const database = new OwnMariadb(home, await freePort());
    await database.restart();
    return database;
  }

  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}`;
  }

  async restart(): Promise<void> {
    const { home, port } = this;
    const places = [`--datadir=${home}/data`, `--socket=${home}/socket`, `--pid-file=${home}/pid`];
    const net = [`--port=${port}`, '--bind-address=127.0.0.1'];
    const options = ['--no-defaults', ...places, ...net, '--innodb-flush-log-at-trx-commit=1', ...AS_ROOT];
    this.#process = spawn('mariadbd', options, { stdio: 'ignore' });
    for (const end = Date.now() + 30_000; !(await this.#answers()); await sleep(50))
      if (Date.now() > end) throw new Error('mariadbd does not answer.');
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      await (await createConnection(this.url)).end();
      return true;
    } catch {
      return false;
    }
  }
}

function isInstalled(): boolean {
  try {
    execFileSync('mariadbd', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `describe` where mariadbd is installed; else its tests are skipped: a database that was named is not ours to kill. */
export const describeWithMariadb = isInstalled() ? describe : describe.skip;
