import fc from 'fast-check';
import type { FuzzRequest } from '../request.ts';
import { headers } from './headers.ts';

const PATHS = [
  '/',
  '/graphql',
  '/.well-known/jwks.json',
  '/livez',
  '/readyz',
  '/metrics',
  '/oauth/introspect',
  '/oauth/revoke',
  '/revocations',
  '/nothing',
  '/favicon.ico',
  '/index.html',
  '/assets',
  '/assets/',
  '/assets/<console.script>',
  '/assets/../index.html',
];

/** Ways of writing a path that routers, proxies and file servers have read differently. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path,
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => `${path}/..`,
  (path) => `/x/..${path}`,
  (path) => `/%2e%2e${path}`,
  (path) => path.replaceAll('/', '%2F'),
  (path) => path.replaceAll('/', '\\'),
  (path) => path.toUpperCase(),
  (path) => `${path}%00`,
  (path) => `${path}%`,
  (path) => `${path}%ff`,
  (path) => `${path};a=b`,
  (path) => `${path}?`,
  (path) => `${path}?a=%ff&a[__proto__][b]=c&&=`,
  (path) => `${path}#fragment`,
  (path) => `${path}\xff`,
  (path) => `http://localhost${path}`,
  (path) => `http://evil.example${path}`,
  (path) => `http://user:pass@[::1]:1${path}`,
  (path) => `http://${path}`,
  (path) => `http:${path}`,
  (path) => `javascript:${path}`,
  (path) => `//evil.example${path}`,
  (path) => `/${'a/'.repeat(3_000)}..${path}`,
  () => '*',
  () => '',
  () => '?',
  () => 'localhost:80',
  () => '/etc/passwd',
  () => '/../../../../../../etc/passwd',
  () => '/.git/HEAD',
];

const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
];

/** Requests to every path but with documents, by every method that Node knows of, and some that it does not. */
export const pathRequest: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constantFrom(...METHODS),
  target: fc
    .tuple(fc.constantFrom(...PATHS), fc.constantFrom(...SPELLINGS))
    .map(([path, spell]) => spell(path)),
  headers,
  body: fc.option(fc.constantFrom('', '{}', '{"query":"{ __typename }"}', 'x'.repeat(3_000)), {
    nil: undefined,
    freq: 3,
  }),
});
