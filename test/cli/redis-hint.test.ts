import { createClient } from 'redis';
import { registerUser } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { operatorEnvironment, portcullis, withProcesses } from '../support/processes.ts';
import { TestRedis } from '../support/redis.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';
import { describeWithRedis } from '../support/with-redis.ts';

describeWithRedis('a command and REDIS_URL', () => {
  onSqlite('E1', (database) => {
    withProcesses();
    const server = runServer(database);
    let redis: TestRedis;
    let subscriber: ReturnType<typeof createClient>;
    let hints = 0;
    beforeAll(async () => {
      redis = await TestRedis.start();
      subscriber = createClient({ url: redis.url });
      await subscriber.connect();
      await subscriber.pSubscribe('portcullis:revocations:*', () => {
        hints += 1;
      });
    });
    afterAll(async () => {
      subscriber.destroy();
      await redis.kill();
    });
    const run = (args: string[], url: string) =>
      portcullis(args, { env: { ...operatorEnvironment(database()), REDIS_URL: url } });

    it('tells the servers when it has revoked something, and only then', async () => {
      const { email } = await registerUser(server().url);
      expect((await run(['user', 'list'], redis.url)).status).toBe(0);
      expect((await run(['revoke-all', email], redis.url)).status).toBe(0);
      await until(async () => hints > 0);
      expect(hints).toBe(1);
    });

    it('does its work where Redis is away', async () => {
      const { email } = await registerUser(server().url);
      const { status, stdout } = await run(['revoke-all', email], `redis://127.0.0.1:${await freePort()}`);
      expect({ status, stdout }).toEqual({ status: 0, stdout: `Ended 1 session of ${email}\n` });
    });
  });
});
