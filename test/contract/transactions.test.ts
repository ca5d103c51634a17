import { EmailTaken } from '../../src/accounts/user-store.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { Refusal } from '../../src/errors/refusal.ts';
import { endSessions } from '../../src/sessions/end-sessions.ts';
import { insertSession, newSession, newUser, runCores } from '../support/core.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, count } from '../support/rows.ts';

const OPERATOR = { actorId: null, ipAddress: null, userAgent: null };

function createdEvent(userId: string): AuditEvent {
  return { type: 'USER_CREATED', at: 0, userId, sessionId: null, detail: null, ...OPERATOR };
}

/** A promise and what settles it: lets a test decide when a transaction goes on. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

onEachDatabase('a transaction of the store', (database) => {
  // What one instance does with its connections and its queue must hold against another one too.
  const cores = runCores(database, 2);
  const core = (index = 0) => {
    const found = cores()[index % 2];
    if (found === undefined) throw new Error('No core is open.');
    return found;
  };

  it('is all or nothing: after a failure there is no row, and nothing was announced', async () => {
    const user = newUser();
    const session = newSession(user.id);
    const lines = await count(database(), 'audit_events');
    const announced = core().announced().length;
    const failed = core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      await tx.insertSession(session);
      await tx.record([createdEvent(user.id)]);
      throw new Error('after everything was written');
    });
    await expect(failed).rejects.toThrow('after everything was written');
    expect(await core().users.findById(user.id)).toBeUndefined();
    expect(await core().sessions.find(session.id)).toBeUndefined();
    expect(await count(database(), 'audit_events')).toBe(lines);
    expect(core().announced()).toHaveLength(announced);
  });

  it('ends sessions together with their lines in the log, or neither', async () => {
    const { id, userId } = await insertSession(core());
    const end = (fail: boolean) =>
      core().transactions.run([userId], async (tx) => {
        await endSessions(tx, await tx.openSessions(userId), 'LOGOUT', OPERATOR);
        if (fail) throw new Error('too late');
      });
    await expect(end(true)).rejects.toThrow('too late');
    expect(await core().sessions.find(id)).toMatchObject({ endedAt: null, endReason: null });
    expect(await auditOf(database(), id)).toEqual([]);
    await end(false);
    expect(await core().sessions.find(id)).toMatchObject({ endReason: 'LOGOUT' });
    expect(await auditOf(database(), id)).toMatchObject([{ type: 'SESSION_ENDED', detail: 'LOGOUT' }]);
  });

  it('announces its events once they are durable, and not before', async () => {
    const user = newUser();
    const before = core().announced().length;
    await core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      await tx.record([createdEvent(user.id)]);
      expect(core().announced()).toHaveLength(before);
    });
    expect(core().announced().slice(before)).toEqual(['USER_CREATED']);
  });

  it('starts anew on a conflict, with what is there then, and its first attempt leaves no trace', async () => {
    const session = await insertSession(core());
    const generations: number[] = [];
    const lines = await count(database(), 'audit_events');
    await core().transactions.run([session.userId], async (tx) => {
      const read = await tx.session(session.id);
      if (read === undefined) throw new Error('The session is gone.');
      generations.push(read.generation);
      await tx.record([createdEvent(session.userId)]);
      // As if another one had changed the row between our reading and our writing.
      const decidedUpon = generations.length === 1 ? { ...read, generation: read.generation + 1 } : read;
      await tx.updateSession(decidedUpon, { generation: 7 });
    });
    expect(generations).toEqual([0, 0]);
    expect(await core().sessions.find(session.id)).toMatchObject({ generation: 7 });
    expect(await count(database(), 'audit_events')).toBe(lines + 1);
  });

  it('refuses with UNAVAILABLE when the conflict does not end, and has changed nothing', async () => {
    const session = await insertSession(core());
    let attempts = 0;
    const stale = { ...session, generation: 99 };
    const failed = core().transactions.run([session.userId], async (tx) => {
      attempts += 1;
      await tx.updateSession(stale, { generation: 100 });
    });
    await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(attempts).toBe(10);
    expect(await core().sessions.find(session.id)).toEqual(session);
  });

  it.each([
    ['generation', { generation: 1 }],
    ['branch', { branch: 1 }],
    ['next_branch', { nextBranch: 0 }],
    ['rotated_at', { rotatedAt: 1 }],
    ['successor_seen', { successorSeen: true }],
  ])('repeats %s, upon which it decided, in the condition of its update', async (_, otherwise) => {
    const session = await insertSession(core());
    let attempts = 0;
    await core().transactions.run([session.userId], async (tx) => {
      attempts += 1;
      await tx.updateSession(attempts === 1 ? { ...session, ...otherwise } : session, { lastSeenAt: 1 });
    });
    expect(attempts).toBe(2);
  });

  it('neither updates nor ends a session that has ended', async () => {
    const session = await insertSession(core(), { endedAt: 1, endReason: 'LOGOUT' });
    const update = core().transactions.run([session.userId], (tx) =>
      tx.updateSession(session, { generation: 1 }),
    );
    await expect(update).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const end = core().transactions.run([session.userId], (tx) =>
      tx.markEnded([session.id], { endedAt: 2, endReason: 'REVOKED_BY_ADMIN', endedBy: null }),
    );
    await expect(end).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await core().sessions.find(session.id)).toEqual(session);
  });

  it('says EmailTaken, and leaves nothing of the second account', async () => {
    const first = newUser();
    const second = { ...newUser(), email: first.email };
    await core().transactions.run([], (tx) => tx.insertUser(first));
    const failed = core(1).transactions.run([], async (tx) => {
      await tx.record([createdEvent(second.id)]);
      await tx.insertUser(second);
    });
    await expect(failed).rejects.toBeInstanceOf(EmailTaken);
    expect(await core().users.findById(second.id)).toBeUndefined();
    expect(await core().users.findByEmail(first.email ?? '')).toEqual(first);
  });

  it('gives deleted accounts no e-mail, as many as there are', async () => {
    const deleted = [newUser({ email: null }), newUser({ email: null })];
    await core().transactions.run([], async (tx) => {
      for (const user of deleted) await tx.insertUser(user);
    });
    expect(await core().users.findById(deleted[1]?.id ?? '')).toEqual(deleted[1]);
  });

  it('loses no update: forty at once count forty', async () => {
    const session = await insertSession(core());
    const increment = (index: number) =>
      core(index).transactions.run([session.userId], async (tx) => {
        const read = await tx.session(session.id);
        if (read === undefined) throw new Error('The session is gone.');
        await tx.updateSession(read, { generation: read.generation + 1 });
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => increment(index)));
    expect(await core().sessions.find(session.id)).toMatchObject({ generation: 40 });
  });

  it('loses no update of the token version either', async () => {
    const { userId } = await insertSession(core());
    const raise = (index: number) =>
      core(index).transactions.run([userId], async (tx) => {
        const user = tx.user(userId);
        if (user === undefined) throw new Error('The user is gone.');
        await tx.updateUser(user, { tokenVersion: user.tokenVersion + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => raise(index)));
    expect(await core().users.findById(userId)).toMatchObject({ tokenVersion: 21 });
  });

  it('shows nobody what it has not committed, neither in its own instance nor in another', async () => {
    const user = newUser();
    const session = newSession(user.id);
    const written = gate();
    const looked = gate();
    const running = core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      await tx.insertSession(session);
      written.open();
      await looked.opened;
    });
    await written.opened;
    const seen = await Promise.all([core().sessions.find(session.id), core(1).sessions.find(session.id)]);
    const live = await core().sessions.live(user.id, 0, 10);
    looked.open();
    await running;
    expect([...seen, ...live]).toEqual([undefined, undefined]);
    expect(await core(1).sessions.find(session.id)).toEqual(session);
  });

  it('keeps what it acknowledged, though one that ran beside it was rolled back', async () => {
    const [kept, dropped] = [newUser(), newUser()];
    const results = await Promise.allSettled([
      core().transactions.run([], (tx) => tx.insertUser(kept)),
      core().transactions.run([], async (tx) => {
        await tx.insertUser(dropped);
        throw new Error('rolled back');
      }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await core(1).users.findById(kept.id)).toEqual(kept);
    expect(await core(1).users.findById(dropped.id)).toBeUndefined();
  });

  it('does not begin for a caller who has given up while it waited, and finishes what has begun', async () => {
    const session = await insertSession(core());
    const controller = new AbortController();
    const entered = gate();
    const release = gate();
    let began = false;
    const first = core().transactions.run(
      [session.userId],
      async (tx) => {
        entered.open();
        await release.opened;
        await tx.updateSession(session, { generation: 1 });
        return 'done';
      },
      controller.signal,
    );
    await entered.opened;
    const waiting = core().transactions.run(
      [session.userId],
      async () => {
        began = true;
      },
      controller.signal,
    );
    controller.abort();
    release.open();
    await expect(waiting).rejects.toBeInstanceOf(Refusal);
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(began).toBe(false);
    expect(await first).toBe('done');
    expect(await core().sessions.find(session.id)).toMatchObject({ generation: 1 });
  });

  it('passes on what the work throws, and goes on working', async () => {
    const refusal = new Refusal('NOT_FOUND', 'No such thing.');
    const failed = core().transactions.run([], async () => {
      throw refusal;
    });
    await expect(failed).rejects.toBe(refusal);
    await expect(core().transactions.run([], (tx) => tx.countUsers())).resolves.toBeGreaterThan(0);
  });

  it('ends more sessions than one statement takes, each with its line', async () => {
    const user = newUser();
    const sessions = Array.from({ length: 1_201 }, () => newSession(user.id));
    await core().transactions.run([], async (tx) => {
      await tx.insertUser(user);
      for (const session of sessions) await tx.insertSession(session);
    });
    const before = await count(database(), 'audit_events');
    await core().transactions.run([user.id], async (tx) => {
      await endSessions(tx, await tx.openSessions(user.id), 'REVOKED_BY_ADMIN', OPERATOR);
    });
    expect(await core().sessions.live(user.id, 0, 10_000)).toEqual([]);
    expect(await count(database(), 'audit_events')).toBe(before + sessions.length);
  });
});
