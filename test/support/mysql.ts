import { execFileSync, spawn } from 'node:child_process';
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

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startThrowAway(): Promise<MysqlServer> {
  const home = mkdtempSync(join(tmpdir(), 'portcullis-mariadb-'));
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${home}/data`, '--auth-root-authentication-method=normal', ...user],
    {
      stdio: 'ignore',
    },
  );
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${home}/data`,
      `--socket=${home}/socket`,
      `--pid-file=${home}/pid`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      ...user,
    ],
    { stdio: 'ignore' },
  );
  const stop = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    if (server.kill()) await gone;
    rmSync(home, { recursive: true, force: true });
  };
  const url = `mysql://root@127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await answers(url)) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error('The throw-away mariadbd did not answer within 30 s.');
}
