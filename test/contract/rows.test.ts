import type { AuditEvent } from '../../src/audit/event.ts';
import type { StoredSigningKey } from '../../src/keys/signing-key.ts';
import { newSession, newUser, runCores } from '../support/core.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';

/** The largest number of each column, text at its full length in the widest characters, bytes that databases trim. */
const WIDE = '😀';
const LATEST = 8_640_000_000_000_000;
const SECRETS = { 'ends in zeros': Buffer.alloc(32, 0), 'ends in spaces': Buffer.alloc(32, ' ') };

onEachDatabase('what the store keeps', (database) => {
  const cores = runCores(database);
  const core = () => {
    const [only] = cores();
    if (only === undefined) throw new Error('No core is open.');
    return only;
  };

  it('is every column of a user as it was, full and empty', async () => {
    const full = newUser({
      email: `${'é'.repeat(240)}@example.com`,
      displayName: WIDE.repeat(100),
      passwordHash: `$argon2id$${'x'.repeat(245)}`,
      roles: ['USER', 'ADMIN'],
      status: 'SUSPENDED',
      tokenVersion: 0xffff_ffff,
      createdAt: LATEST,
    });
    const empty = newUser({
      email: null,
      displayName: null,
      status: 'DELETED',
      tokenVersion: 0,
      createdAt: 0,
    });
    await core().transactions.run([], async (tx) => {
      await tx.insertUser(full);
      await tx.insertUser(empty);
    });
    expect(await core().users.findById(full.id)).toEqual(full);
    expect(await core().users.findById(empty.id)).toEqual(empty);
    expect(await core().users.findByEmail(full.email ?? '')).toEqual(full);
    const locked = await core().transactions.run([full.id, empty.id], async (tx) => [
      tx.user(full.id),
      tx.user(empty.id),
    ]);
    expect(locked).toEqual([full, empty]);
  });

  it.each(Object.entries(SECRETS))(
    'is every column of a session as it was; its secret %s',
    async (_, secret) => {
      const user = newUser();
      const full = newSession(user.id, {
        transport: 'COOKIE',
        rememberMe: false,
        secret,
        generation: 0xffff_ffff,
        branch: 0xffff,
        nextBranch: 0xffff,
        rotatedAt: LATEST,
        successorSeen: true,
        createdAt: LATEST,
        lastSeenAt: LATEST,
        authenticatedAt: LATEST,
        idleExpiresAt: LATEST,
        expiresAt: LATEST,
        endedAt: LATEST,
        endReason: 'REFRESH_TOKEN_REUSE',
        ipAddress: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
        userAgent: WIDE.repeat(512),
        deviceName: WIDE.repeat(100),
      });
      const empty = newSession(user.id, { rotatedAt: null, nextBranch: null });
      await core().transactions.run([], async (tx) => {
        await tx.insertUser(user);
        await tx.insertSession(full);
        await tx.insertSession(empty);
      });
      expect(await core().sessions.find(full.id)).toEqual(full);
      expect(await core().sessions.find(empty.id)).toEqual(empty);
      const locked = await core().transactions.run([user.id], async (tx) => tx.session(full.id));
      expect(locked).toEqual(full);
    },
  );

  it('is every column of a line in the security log, full and empty', async () => {
    const full: AuditEvent = {
      type: 'REFRESH_TOKEN_REUSED',
      at: LATEST,
      actorId: newUser().id,
      userId: newUser().id,
      sessionId: newUser().id,
      ipAddress: '::ffff:255.255.255.255',
      userAgent: 'quote " back\\slash \u0007 bell',
      detail: WIDE.repeat(1_000),
    };
    const nobody = { actorId: null, userId: null, sessionId: null, ipAddress: null, userAgent: null };
    const empty: AuditEvent = { type: 'LOGIN_FAILED', at: 0, ...nobody, detail: null };
    await core().transactions.run([], (tx) => tx.record([full, empty]));
    const { reader, rows } = core().database;
    const stored = await reader.manager.find(rows.auditEvents, { order: { id: 'ASC' } });
    expect(stored.map(({ id: _, ...event }) => event)).toEqual([full, empty]);
  });

  it('is every column of a signing key, and its changes', async () => {
    const key: StoredSigningKey = {
      kid: 'k'.repeat(43),
      publicJwk: '{"kty":"OKP"}',
      encryptedPrivateJwk: 'x'.repeat(2_000),
      createdAt: LATEST,
      activeFrom: LATEST - 1,
      expiresAt: null,
      revoked: false,
    };
    const changes = { encryptedPrivateJwk: '', expiresAt: LATEST - 2, revoked: true };
    const { transactions } = core();
    await transactions.run([], (tx) => tx.insertSigningKey(key));
    expect(await transactions.run([], (tx) => tx.signingKeys())).toEqual([key]);
    await transactions.run([], (tx) => tx.updateSigningKey(key.kid, changes));
    expect(await transactions.run([], (tx) => tx.signingKeys())).toEqual([{ ...key, ...changes }]);
  });

  it('has ids of 16 bytes that sort by time', async () => {
    const user = newUser();
    await core().transactions.run([], (tx) => tx.insertUser(user));
    const [row] = await database().query('SELECT id FROM users WHERE id = ?', [idBytes(user.id)]);
    expect(Buffer.from(row?.['id'] as Uint8Array)).toEqual(idBytes(user.id));
  });

  it('has times as integer milliseconds since the epoch, in no time zone', async () => {
    const session = newSession('', { createdAt: Date.UTC(2026, 9, 25, 1, 30, 0, 123) });
    const user = newUser();
    await core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      await tx.insertSession({ ...session, userId: user.id });
    });
    const [row] = await database().query('SELECT created_at FROM sessions WHERE id = ?', [
      idBytes(session.id),
    ]);
    expect(Number(row?.['created_at'])).toBe(Date.UTC(2026, 9, 25, 1, 30, 0, 123));
  });

  it('does not keep a session without its user', async () => {
    const orphan = newSession(newUser().id);
    await expect(core().transactions.run([], (tx) => tx.insertSession(orphan))).rejects.toThrow(
      /foreign key/i,
    );
    expect(await core().sessions.find(orphan.id)).toBeUndefined();
  });

  it('tells a user and a session that are not there from those that are', async () => {
    const nobody = newUser().id;
    expect(await core().users.findById(nobody)).toBeUndefined();
    expect(await core().users.findByEmail('nobody@example.com')).toBeUndefined();
    expect(await core().sessions.find(nobody)).toBeUndefined();
    const seen = await core().transactions.run([nobody], async (tx) => [
      tx.user(nobody),
      await tx.session(nobody),
      await tx.openSessions(nobody),
    ]);
    expect(seen).toEqual([undefined, undefined, []]);
  });

  it('lists the sessions that live at a time, newest use first, and no more than asked for', async () => {
    const user = newUser();
    const now = Date.now();
    const times = [5, 9, 1, 7].map((minutes) => now - minutes * 60_000);
    const live = times.map((lastSeenAt) => newSession(user.id, { lastSeenAt }));
    const ended = newSession(user.id, { endedAt: now, endReason: 'LOGOUT' });
    const idle = newSession(user.id, { idleExpiresAt: now });
    await core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      for (const session of [...live, ended, idle]) await tx.insertSession(session);
    });
    const newestFirst = [...live].sort((a, b) => b.lastSeenAt - a.lastSeenAt);
    expect(await core().sessions.live(user.id, now, 10)).toEqual(newestFirst);
    expect(await core().sessions.live(user.id, now, 2)).toEqual(newestFirst.slice(0, 2));
    const open = await core().transactions.run([user.id], (tx) => tx.openSessions(user.id));
    expect(open.map(({ id }) => id)).toEqual([...live, idle].map(({ id }) => id).sort());
  });
});
