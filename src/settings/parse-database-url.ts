import type { DatabaseSettings } from './settings.ts';
import { UnusableValue } from './unusable-value.ts';

/**
 * `sqlite:relative/path`, `sqlite:/absolute/path`, or `mysql://user:password@host:3306/name` with user, password
 * and name percent-decoded.
 * @throws UnusableValue that repeats nothing of the text: it may hold a password
 */
export function databaseUrl(text: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) return sqlite(text.slice('sqlite:'.length));
  if (text.startsWith('mysql:')) return mysql(text);
  throw new UnusableValue('must be sqlite:path or mysql://user:password@host:3306/name');
}

function sqlite(path: string): DatabaseSettings {
  if (path === '' || path.endsWith('/') || path.startsWith('//') || path.includes('\0')) {
    throw new UnusableValue('must name a file: sqlite:relative/path or sqlite:/absolute/path');
  }
  if (path.startsWith(':') || path.startsWith('file:')) {
    throw new UnusableValue(
      'must name a file: sessions that live in memory only would not survive a restart',
    );
  }
  return { kind: 'sqlite', path };
}

function mysql(text: string): DatabaseSettings {
  const url = mysqlUrl(text);
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(percentDecoded);
  if (!user) throw new UnusableValue('must name a user: mysql://user:password@host:3306/name');
  if (!name || url.pathname.slice(1).includes('/')) {
    throw new UnusableValue('must name one database: mysql://user:password@host:3306/name');
  }
  return {
    kind: 'mysql',
    host: hostName(url),
    port: Number(url.port || 3306),
    user,
    password: password ?? '',
    name,
  };
}

function mysqlUrl(text: string): URL {
  if (!URL.canParse(text) || /[\s?#]/.test(text)) {
    throw new UnusableValue(
      'must be mysql://user:password@host:3306/name without options; write special characters as %XX',
    );
  }
  return new URL(text);
}

/** IPv6 addresses lose the brackets that only a URL needs. */
function hostName(url: URL): string {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (/^[\w.:-]+$/.test(host)) return host;
  throw new UnusableValue('must name a host: mysql://user:password@host:3306/name');
}

function percentDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new UnusableValue('must be well-formed percent-encoding; write % itself as %25', { cause });
  }
}

/** The URL with its password hidden, whatever its form. */
export function withoutPassword(text: string): string {
  return text.replace(/(\/\/[^/:]*):.*@/s, '$1:(hidden)@');
}
