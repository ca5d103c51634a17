import { availableParallelism } from 'node:os';

/** Runs in place of the library's functions, which it calls: counts how many are under way. */
const underWay = { now: 0, most: 0 };

jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual('@node-rs/argon2');
  const counted =
    (work: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      return work(...args).finally(() => {
        underWay.now -= 1;
      });
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

import { hash } from '@node-rs/argon2';
import { PasswordHasher } from '../../src/accounts/password-hasher.ts';

const CORES = availableParallelism();
const WAITING = CORES * 256;
const PASSWORD = 'correct horse battery staple';

describe('PasswordHasher', () => {
  let cheap: string;
  beforeAll(async () => {
    // Costs next to nothing to verify, so that a crowd can be tried.
    cheap = await hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  });
  beforeEach(() => {
    underWay.most = 0;
  });

  it('hashes with argon2id and the parameters that OWASP names, with a salt of its own each time', async () => {
    const hasher = new PasswordHasher();
    const [one, other] = [await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await hasher.verify(one, PASSWORD)).toBe(true);
    expect(await hasher.verify(one, `${PASSWORD} `)).toBe(false);
  });

  it('has no more hashes under way than there are cores, whatever comes at once', async () => {
    const hasher = new PasswordHasher();
    const hashes = Array.from({ length: 6 * CORES }, (_, index) =>
      index % 2 === 0 ? hasher.hash(PASSWORD) : hasher.verify(cheap, PASSWORD),
    );
    await Promise.all(hashes);
    expect(underWay.most).toBe(CORES);
  });

  it('lets so many wait and no more: RATE_LIMITED, at once, and nothing is hashed for it', async () => {
    const hasher = new PasswordHasher();
    const admitted = Array.from({ length: CORES + WAITING }, () => hasher.verify(cheap, PASSWORD));
    const refused = [hasher.verify(cheap, PASSWORD), hasher.hash(PASSWORD)];
    for (const attempt of refused)
      await expect(attempt).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 1 } });
    expect(await Promise.all(admitted)).toEqual(admitted.map(() => true));
    expect(underWay.most).toBe(CORES);
    // And takes more once there is room.
    await expect(hasher.verify(cheap, PASSWORD)).resolves.toBe(true);
  });

  it('goes on after a hash that it could not read', async () => {
    const hasher = new PasswordHasher();
    await expect(hasher.verify('no hash', PASSWORD)).rejects.toThrow();
    await expect(hasher.verify(cheap, PASSWORD)).resolves.toBe(true);
  });
});
