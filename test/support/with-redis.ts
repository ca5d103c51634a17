import { isRedisInstalled } from './redis.ts';

/** `describe` where redis-server is installed; else its tests are skipped, and with CI=true that is a failure. */
export const describeWithRedis = isRedisInstalled ? describe : skipped();

function skipped(): typeof describe.skip {
  if (process.env['CI'] === 'true') throw new Error('The Redis suites are skipped: install redis-server.');
  return describe.skip;
}
