import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import mysql, { type Pool, type PoolConnection } from 'mysql2';
import { boundPool } from '../../src/storage/bounded-pool.ts';
import { onMysql } from '../support/databases.ts';

const WAIT = 400;
const SILENCE = 600;

onMysql('a pool with bounds', (database) => {
  let pool: Pool;
  beforeEach(() => {
    pool = mysql.createPool({ uri: database().url, connectionLimit: 2 });
    boundPool(pool, { wait: WAIT, silence: SILENCE });
  });
  afterEach(() => pool.promise().end());

  const take = () =>
    new Promise<PoolConnection>((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
  const idOf = async (connection: PoolConnection) => connection.threadId;

  it('I4 destroys a connection that is silent for too long, and does not hand it out again', async () => {
    const [silent, idle] = [await take(), await take()];
    idle.release();
    const failed = silent.promise().query('SELECT SLEEP(5)');
    await expect(failed).rejects.toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
    silent.release();
    const [first, second] = [await take(), await take()];
    const ids = await Promise.all([first, second].map(idOf));
    for (const dead of [silent, idle]) expect(ids).not.toContain(dead.threadId);
    await Promise.all([first, second].map((connection) => connection.promise().query('SELECT 1')));
    first.release();
    second.release();
  });

  it('leaves long work of several statements alone, and what nobody uses', async () => {
    const connection = await take();
    const before = connection.threadId;
    for (let turn = 0; turn < 3; turn++) await connection.promise().query(`SELECT SLEEP(${SILENCE / 2_000})`);
    connection.release();
    await sleep(SILENCE + 200);
    const [again, other] = [await take(), await take()];
    expect([again.threadId, other.threadId]).toContain(before);
    again.release();
    other.release();
  });

  it('does not take a process that was busy for a database that is silent', async () => {
    const connection = await take();
    const answered = connection.promise().query('SELECT SLEEP(0.05)');
    // What runs here comes before the timers, and those come before what has arrived.
    await turn();
    const until = performance.now() + SILENCE + 200;
    while (performance.now() < until);
    await expect(answered).resolves.toBeDefined();
    await connection.promise().query('SELECT 1');
    connection.release();
  });

  it('I4 lets nobody wait for a connection for too long, and loses none that comes later', async () => {
    const [first, second] = [await take(), await take()];
    await expect(take()).rejects.toMatchObject({ code: 'POOL_TIMEOUT' });
    first.release();
    second.release();
    const [third, fourth] = [await take(), await take()];
    expect(new Set([third, fourth])).toEqual(new Set([first, second]));
    third.release();
    fourth.release();
  });

  it('I4 refuses at once who would be one too many', async () => {
    const [first, second] = [await take(), await take()];
    const crowd = Promise.allSettled(Array.from({ length: 1_000 }, take));
    await expect(take()).rejects.toMatchObject({ code: 'POOL_FULL' });
    first.release();
    second.release();
    for (const result of await crowd) {
      if (result.status === 'fulfilled') result.value.release();
    }
    (await take()).release();
  });
});
