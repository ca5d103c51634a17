import { randomBytes } from 'node:crypto';
import type { Core } from '../../src/core.ts';
import { SigningKeys } from '../../src/keys/signing-keys.ts';
import { openTestCore } from '../support/core.ts';
import { onEachDatabase } from '../support/databases.ts';
import { newKey } from '../support/keys.ts';
import { migrationsSince } from '../support/migrations.ts';

const SINCE = migrationsSince('KeyRotation1764115200000');

onEachDatabase('a database of the version before keys were rotated', (database) => {
  const secrets = [randomBytes(32)];
  let core: Core;
  beforeAll(async () => {
    core = await openTestCore(database());
    await core.database.migrate();
    for (const _ of SINCE) await core.database.writer.undoLastMigration({ transaction: 'none' });
  });
  afterAll(() => core.close());

  it('is brought up with its key, which goes on signing, where an earlier attempt was cut off too', async () => {
    const { kid, publicJwk, encryptedPrivateJwk, createdAt } = await newKey(secrets, 1_750_000_000_000);
    await database().query(
      "INSERT INTO signing_keys (id, public_jwk, encrypted_private_jwk, state, created_at) VALUES (?, ?, ?, 'ACTIVE', ?)",
      [kid, publicJwk, encryptedPrivateJwk, createdAt],
    );
    const type = database().kind === 'mysql' ? 'BIGINT' : 'INTEGER';
    await database().query(`ALTER TABLE signing_keys ADD COLUMN active_from ${type} NOT NULL DEFAULT 0`);
    expect(await core.database.migrate()).toEqual(SINCE);
    const { epoch, keys } = await core.signingKeys.load();
    expect({ epoch, keys }).toEqual({
      epoch: 0,
      keys: [
        {
          kid,
          publicJwk,
          encryptedPrivateJwk,
          createdAt,
          activeFrom: createdAt,
          expiresAt: null,
          revoked: false,
        },
      ],
    });
    expect((await SigningKeys.open(core.signingKeys, secrets)).signingKey(createdAt).kid).toBe(kid);
  });

  it('keeps the epoch when it is migrated once more, and never gives one out twice', async () => {
    const raise = () =>
      core.transactions.run([], async (tx) => {
        await tx.raiseKeyEpoch();
        return tx.now;
      });
    const epoch = async () => (await core.signingKeys.load()).epoch;
    expect(await epoch()).toBe(0);
    const now = await raise();
    expect(await epoch()).toBe(now);
    await database().query('UPDATE signing_key_epoch SET epoch = ?', [now + 1_000_000]);
    await raise();
    expect(await epoch()).toBe(now + 1_000_001);
    await database().query("DELETE FROM migrations WHERE name = 'KeyRotation1764115200000'");
    expect(await core.database.migrate()).toEqual(['KeyRotation1764115200000']);
    expect(await epoch()).toBe(now + 1_000_001);
  });
});
