import { randomBytes } from 'node:crypto';
import { unavailable } from '../../src/errors/refusal.ts';
import type { KeySet } from '../../src/keys/key-ring.ts';
import { SigningKeys } from '../../src/keys/signing-keys.ts';
import { KeyTable, newKey } from '../support/keys.ts';

const SECRETS = [randomBytes(32)];
const NOW = 5_000;
const UNKNOWN = 'A'.repeat(43);

async function start() {
  const first = await newKey(SECRETS, 1000);
  const table = new KeyTable({ epoch: 1, keys: [first] });
  return { first, table, keys: await SigningKeys.open(table, SECRETS) };
}

describe('the signing keys of an instance', () => {
  it('are read anew when the epoch is another one, and not before', async () => {
    const { first, table, keys } = await start();
    const second = await newKey(SECRETS, 2000);
    const epoch = table.change([{ ...first, revoked: true }, second]);
    await keys.synchronize(1);
    expect([keys.signingKey(NOW).kid, keys.standing(first.kid, NOW), table.loads]).toEqual([
      first.kid,
      'GOOD',
      1,
    ]);
    await keys.synchronize(epoch);
    expect([keys.signingKey(NOW).kid, keys.standing(first.kid, NOW)]).toEqual([second.kid, 'REVOKED']);
    await keys.synchronize(epoch);
    expect(table.loads).toBe(2);
  });

  it('follow an epoch that went back, as after a failover that lost the last rotation', async () => {
    const { first, table, keys } = await start();
    await keys.synchronize(table.change([{ ...first, revoked: true }, await newKey(SECRETS, 2000)]));
    table.change([first]);
    await keys.synchronize(1);
    expect(keys.standing(first.kid, NOW)).toBe('GOOD');
  });

  it('are those of now for everybody who asked while an earlier look was under way', async () => {
    const { first, table, keys } = await start();
    const slow = slowly(table);
    const following = await SigningKeys.open(slow, SECRETS);
    const revoked = table.change([{ ...first, revoked: true }, await newKey(SECRETS, 2000)]);
    slow.hold();
    const early = following.synchronize(revoked);
    await slow.asked();
    // Read by the first look already, but changed once more since.
    const last = table.change([await newKey(SECRETS, 3000)]);
    const late = following.synchronize(last);
    slow.release();
    await Promise.all([early, late]);
    expect(following.standing(first.kid, NOW)).toBeUndefined();
    expect(keys.standing(first.kid, NOW)).toBe('GOOD');
  });

  it('are looked up for a kid that another instance may have made', async () => {
    const { table, keys } = await start();
    const made = await newKey(SECRETS, 2000);
    table.change([made]);
    expect(await keys.publicKey(made.kid)).toMatchObject({ type: 'public' });
    expect(keys.standing(made.kid, NOW)).toBe('GOOD');
  });

  it.each(['', 'kid', '__proto__', 'A'.repeat(42), `${'A'.repeat(42)}=`, 'A'.repeat(10_240)])(
    'B4 are not looked up for a kid that cannot be ours: %.20j',
    async (kid) => {
      const { table, keys } = await start();
      expect(await keys.publicKey(kid)).toBeUndefined();
      expect(table.loads).toBe(1);
    },
  );

  it('B4 are looked up at most ten times a second, whatever kids come', async () => {
    const { first, table, keys } = await start();
    const begun = performance.now();
    for (let burst = 0; burst < 5; burst++) {
      const kids = Array.from({ length: 500 }, () => randomBytes(32).toString('base64url'));
      const found = await Promise.all(kids.map((kid) => keys.publicKey(kid)));
      expect(found.every((key) => key === undefined)).toBe(true);
    }
    expect(table.loads - 1).toBeLessThanOrEqual(1 + (performance.now() - begun) / 99);
    expect(await keys.publicKey(first.kid)).toMatchObject({ type: 'public' });
  });

  it('accept nothing when they cannot be read: UNAVAILABLE, and the next one tries again', async () => {
    const { first, table, keys } = await start();
    const load = jest.spyOn(table, 'load').mockRejectedValue(unavailable());
    await expect(keys.synchronize(2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(keys.publicKey(UNKNOWN)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await keys.jwks(NOW)).keys.map(({ kid }) => kid)).toEqual([first.kid]);
    load.mockRestore();
    await keys.synchronize(table.change([{ ...first, revoked: true }, await newKey(SECRETS, 2000)]));
    expect(keys.standing(first.kid, NOW)).toBe('REVOKED');
  });

  it('do not wait for a database that hangs', async () => {
    const { first, table, keys } = await start();
    jest.spyOn(table, 'load').mockReturnValue(new Promise(() => undefined));
    const waiting = [keys.publicKey(UNKNOWN), keys.synchronize(2), keys.renew()];
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    expect((await keys.jwks(NOW)).keys.map(({ kid }) => kid)).toEqual([first.kid]);
    jest.restoreAllMocks();
  });

  it('are an error, and accept nothing, when a new one is under a secret that this instance lacks', async () => {
    const { first, table, keys } = await start();
    const epoch = table.change([first, await newKey([randomBytes(32)], 2000)]);
    const failed = expect.objectContaining({ name: 'SecretMismatchError' });
    await expect(keys.synchronize(epoch)).rejects.toEqual(failed);
    await expect(keys.synchronize(epoch)).rejects.toEqual(failed);
  });
});

/** The same table, whose answers can be held back after they were read. */
function slowly(table: KeyTable) {
  let held: Promise<void> = Promise.resolve();
  let release: () => void = () => undefined;
  let asked = 0;
  return {
    async load(): Promise<KeySet> {
      const found = await table.load();
      asked += 1;
      await held;
      return found;
    },
    hold() {
      asked = 0;
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    async asked() {
      while (asked === 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
