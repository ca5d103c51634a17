import { PortcullisError } from '../portcullis-error.ts';
import type { SessionEndReason } from '../session.ts';
import type { Ending } from '../types.ts';

/** How a connection ended, as a CloseEvent tells it. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A connection that broke, or was given up, without a word of the server. */
export const BROKEN: Closing = { code: 1006, reason: '' };
export const TERMINATED: Closing = { code: 4499, reason: 'Terminated' };

/** Of graphql-ws and of WebSockets: what would be closed again, however often it is opened. */
const FATAL = [
  1002, 1003, 1007, 1008, 1009, 1010, 1015, 4004, 4005, 4400, 4401, 4403, 4406, 4409, 4429, 4500,
];

export function isFatal({ code }: Closing): boolean {
  return FATAL.includes(code);
}

const REFUSAL = /^(?:(MISSING|INVALID|EXPIRED|STALE)|SESSION_ENDED: (\w+))$/;

/** What the server said of the token when it closed (docs/sockets.md); undefined: it closed for another reason. */
export function refusalOfClosing({ code, reason }: Closing): PortcullisError | undefined {
  const [found, ofToken, endReason] = REFUSAL.exec(reason) ?? [];
  if (code !== 4403 || found === undefined) return undefined;
  return ofToken
    ? unauthenticated(ofToken as Reason)
    : sessionEnded({ endReason: endReason as SessionEndReason });
}

type Reason = NonNullable<PortcullisError['reason']>;

export function unauthenticated(reason: Reason): PortcullisError {
  return new PortcullisError('The access token was refused.', { code: 'UNAUTHENTICATED', reason });
}

export function sessionEnded(ending: Ending): PortcullisError {
  const extensions = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', ...ending } as const;
  return new PortcullisError('The session has ended.', extensions);
}
