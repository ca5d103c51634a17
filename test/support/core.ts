import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { User } from '../../src/accounts/user.ts';
import { type Core, openCore } from '../../src/core.ts';
import { createLogger } from '../../src/log.ts';
import type { Session } from '../../src/sessions/session.ts';
import { loadSettings } from '../../src/settings/load.ts';
import type { TestDatabase } from './databases.ts';
import { testEnvironment } from './server.ts';

/** The core of an instance: what it has open of its database, and nothing above that. */
export interface TestCore extends Core {
  /** Types of the events that were announced as durable, in the order of their announcement. */
  readonly announced: () => string[];
}

export async function openTestCore(database: Pick<TestDatabase, 'url'>): Promise<TestCore> {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(line) });
  const core = await openCore(loadSettings(testEnvironment(database)), log);
  const announced = () => lines.flatMap((line) => JSON.parse(line).audit?.type ?? []);
  return { ...core, announced };
}

/** For the tests of a suite: a migrated database, and so many instances that have it open. */
export function runCores(database: () => TestDatabase, instances = 1): () => readonly TestCore[] {
  const cores: TestCore[] = [];
  beforeAll(async () => {
    while (cores.length < instances) cores.push(await openTestCore(database()));
    await cores[0]?.database.migrate();
  });
  afterAll(async () => void (await Promise.all(cores.map((core) => core.close()))));
  return () => cores;
}

/** An account that nobody can log in to. */
export function newUser(change: Partial<User> = {}): User {
  const id = uuidv7();
  return {
    id,
    email: `${id}@example.com`,
    displayName: null,
    passwordHash: 'no hash of anything',
    roles: ['USER'],
    status: 'ACTIVE',
    tokenVersion: 1,
    createdAt: Date.now(),
    ...change,
  };
}

export function newSession(userId: string, change: Partial<Session> = {}): Session {
  const now = Date.now();
  return {
    id: uuidv7(),
    userId,
    transport: 'BODY',
    rememberMe: true,
    secret: randomBytes(32),
    generation: 0,
    branch: 0,
    nextBranch: null,
    rotatedAt: null,
    successorSeen: false,
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    idleExpiresAt: now + 86_400_000,
    expiresAt: now + 7 * 86_400_000,
    endedAt: null,
    endReason: null,
    endedBy: null,
    ipAddress: null,
    userAgent: null,
    deviceName: null,
    ...change,
  };
}

/** A user with one session, written by a transaction of the core. */
export async function insertSession(core: Core, change: Partial<Session> = {}): Promise<Session> {
  const user = newUser();
  const session = newSession(user.id, change);
  await core.transactions.run([], async (tx) => {
    await tx.insertUser(user);
    await tx.insertSession(session);
  });
  return session;
}
