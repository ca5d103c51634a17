import { CombinedGraphQLErrors } from '@apollo/client';
import { PortcullisError } from '../../client/index.ts';

/** What went wrong, wherever it was found out. */
export interface Trouble {
  /** A code of the server, or `TIMEOUT`, `UNREACHABLE`, `UNKNOWN`. */
  readonly code: string;
  readonly field?: string;
  readonly problem?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly requestId?: string;
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof PortcullisError) return pick({ ...error, code: error.code });
  if (CombinedGraphQLErrors.is(error)) return pick(error.errors[0]?.extensions ?? {});
  if (isNamed(error, 'TimeoutError')) return { code: 'TIMEOUT' };
  return { code: error instanceof TypeError ? 'UNREACHABLE' : 'UNKNOWN' };
}

function pick(from: Readonly<Record<string, unknown>>): Trouble {
  const { code, field, problem, retryAfter, requestId } = from;
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    ...(typeof field === 'string' ? { field } : {}),
    ...(typeof problem === 'string' ? { problem } : {}),
    ...(typeof retryAfter === 'number' ? { retryAfter } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
