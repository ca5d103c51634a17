import { UnusableValue } from './unusable-value.ts';

const FORM = 'must be redis://user:password@host:6379/0, or rediss:// for TLS';

/**
 * `redis://` or, for TLS, `rediss://`, with a host; user, password, port and the number of the database as needed.
 * @throws UnusableValue that repeats nothing of the text: it may hold a password
 */
export function redisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (!url || !isRedis || url.hostname === '' || /[\s?#]/.test(text) || !/^(\/\d*)?$/.test(url.pathname))
    throw new UnusableValue(FORM);
  requireDecodable(url.username);
  requireDecodable(url.password);
  return text;
}

function requireDecodable(part: string): void {
  try {
    decodeURIComponent(part);
  } catch (cause) {
    throw new UnusableValue('must be well-formed percent-encoding; write % itself as %25', { cause });
  }
}
