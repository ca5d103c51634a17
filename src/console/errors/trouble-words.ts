import { count } from '../words/time.ts';
import { problemWords } from './problem-words.ts';
import type { Trouble } from './trouble.ts';

const BY_CODE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'You are signed out. Sign in again to go on.',
  FORBIDDEN: 'Your account may not do this.',
  REAUTHENTICATION_REQUIRED: 'Nothing was changed: this needs your password.',
  INVALID_CREDENTIALS: 'The e-mail or the password is not right.',
  SESSION_LIMIT: 'You are signed in on as many devices as is allowed. End one of them first.',
  NOT_FOUND: 'It is not there any more.',
  UNAVAILABLE: 'The server cannot confirm this right now. Nothing is lost; try again in a moment.',
  TIMEOUT: 'The server did not answer in time. Try again.',
  UNREACHABLE: 'The server cannot be reached. Check your connection and try again.',
};

/** What went wrong in plain words, and what to do. */
export function troubleWords(trouble: Trouble): string {
  const { code, field, problem, retryAfter, requestId } = trouble;
  if (code === 'RATE_LIMITED') return `Too many attempts. Try again in ${waitWords(retryAfter ?? 1)}.`;
  if (code === 'BAD_USER_INPUT') return problemWords(field ?? '', problem ?? '');
  const words = BY_CODE[code] ?? 'Something went wrong on the server. Try again.';
  return requestId === undefined ? words : `${words} (For support: request ${requestId})`;
}

function waitWords(seconds: number): string {
  return seconds < 120 ? count(seconds, 'second') : count(Math.ceil(seconds / 60), 'minute');
}
