import type { SessionEndReason } from './session.ts';

/** What the server answered instead of a result; `UNREACHABLE`: no answer of GraphQL came. See docs/errors.md. */
export class PortcullisError extends Error {
  override readonly name = 'PortcullisError';
  declare readonly code: string;
  declare readonly reason?: 'MISSING' | 'INVALID' | 'EXPIRED' | 'STALE' | 'SESSION_ENDED';
  declare readonly endReason?: SessionEndReason;
  declare readonly endedAt?: string;
  /** Seconds. */
  declare readonly retryAfter?: number;
  declare readonly field?: string;
  declare readonly problem?: string;
  /** Seconds. */
  declare readonly maxAge?: number;
  declare readonly requestId?: string;

  constructor(message: string, extensions: Extensions = {}, cause?: unknown) {
    super(message, { cause });
    Object.assign(this, { code: 'INTERNAL_SERVER_ERROR' }, extensions);
  }
}

type Extensions = Partial<Pick<PortcullisError, 'code' | 'reason'>>;

interface GraphQLAnswer {
  readonly errors?: readonly { readonly message: string; readonly extensions?: Extensions }[] | undefined;
}

/** The refusal in an answer of GraphQL; of several the one that a newer token may mend. */
export function refusalOf(answer: unknown): PortcullisError | undefined {
  const { errors = [] } = (answer ?? {}) as GraphQLAnswer;
  const chosen = errors.find(({ extensions }) => extensions?.reason) ?? errors[0];
  return chosen && new PortcullisError(chosen.message, chosen.extensions);
}

/** As it is, or what hindered the request. */
export function asRefusal(error: unknown): PortcullisError {
  if (error instanceof PortcullisError) return error;
  return new PortcullisError('The server cannot be reached.', { code: 'UNREACHABLE' }, error);
}
