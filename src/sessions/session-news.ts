import type { AuditEvent } from '../audit/event.ts';
import type { KnownRevocation } from '../revocation/revocation.ts';
import type { RotationDecision } from './rotation.ts';
import type { Session } from './session.ts';
import { SessionEvents } from './session-events.ts';
import { readHint, type SessionHint, writeHint } from './session-hint.ts';
import { EventTeller, type SessionSource } from './tell-events.ts';

/**
 * How what happens to sessions comes to whoever listens: endings by the feed, which reaches every instance; the rest by
 * hints, at once in this process and, where there is a way, in the others.
 */
export class SessionNews {
  readonly events = new SessionEvents();
  readonly #teller: EventTeller;

  constructor(
    sessions: SessionSource,
    private readonly tellOthers: (message: string) => void,
  ) {
    this.#teller = new EventTeller(this.events, sessions);
  }

  readonly onRevoked = (revocations: readonly KnownRevocation[]): void => {
    const ended = revocations.flatMap((each) => (each.kind === 'SESSION' ? each.sessionId : []));
    if (ended.length > 0) this.#teller.ended(ended);
  };

  readonly onEvent = ({ type, userId, sessionId }: AuditEvent): void => {
    if (type !== 'LOGIN_SUCCEEDED' || userId === null || sessionId === null) return;
    this.#hint({ kind: 'BEGAN', userId, sessionId });
  };

  readonly onRefresh = (
    verdict: RotationDecision['verdict'],
    { id, userId }: Pick<Session, 'id' | 'userId'>,
  ): void => {
    if (verdict === 'ROTATED') this.#hint({ kind: 'REFRESHED', userId, sessionId: id });
  };

  /** What another instance has told. */
  readonly onMessage = (message: string): void => {
    const hint = readHint(message);
    if (hint !== undefined) this.#teller.hint(hint);
  };

  #hint(hint: SessionHint): void {
    this.#teller.hint(hint);
    this.tellOthers(writeHint(hint));
  }

  stop(): Promise<void> {
    return this.#teller.stop();
  }
}
