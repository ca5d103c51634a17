import type { AuditEvent } from '../audit/event.ts';
import { SESSION_END_REASONS } from '../errors/refusal.ts';
import { inTime } from '../in-time.ts';
import type { ToldHooks } from './hooks.ts';

/** Milliseconds for which a stop waits for hooks that were told and are not through. */
const LONGEST_STOP = 3_000;

/** Tells hooks of what this process has done, from the events of the security log that it has written. */
export class HookTeller {
  readonly #running = new Set<Promise<void>>();

  /** @param onFailure told of what a hook threw */
  constructor(
    private readonly hooks: ToldHooks,
    private readonly onFailure: (hook: keyof ToldHooks, error: unknown) => void,
  ) {}

  /** An `AuditListener`: nobody waits for what it begins. */
  readonly onEvent = (event: AuditEvent): void => {
    const { type, userId, sessionId } = event;
    if (userId === null || sessionId === null) return;
    if (type === 'LOGIN_SUCCEEDED')
      this.#tell('afterLogin', (hooks) => tellBegun(hooks, event, userId, sessionId));
    if (type === 'SESSION_ENDED')
      this.#tell('sessionEnded', (hooks) => tellEnded(hooks, event, userId, sessionId));
  };

  /** Waits for those that are under way, but not long. */
  async stop(): Promise<void> {
    await inTime(Promise.all(this.#running), LONGEST_STOP).catch(() => undefined);
  }

  #tell(name: keyof ToldHooks, tell: (hooks: ToldHooks) => void | Promise<void>): void {
    if (this.hooks[name] === undefined) return;
    const told = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => tell(this.hooks))
      .catch((error: unknown) => this.onFailure(name, error))
      .finally(() => this.#running.delete(told));
    this.#running.add(told);
  }
}

function tellBegun(
  hooks: ToldHooks,
  { at, ipAddress, userAgent }: AuditEvent,
  userId: string,
  sessionId: string,
) {
  return hooks.afterLogin?.({ userId, sessionId, at: new Date(at), ipAddress, userAgent });
}

function tellEnded(hooks: ToldHooks, { at, actorId, detail }: AuditEvent, userId: string, sessionId: string) {
  const reason = SESSION_END_REASONS.find((each) => each === detail);
  if (reason === undefined) throw new Error(`A session has ended for a reason that is not known: ${detail}.`);
  return hooks.sessionEnded?.({ userId, sessionId, reason, actorId, at: new Date(at) });
}
