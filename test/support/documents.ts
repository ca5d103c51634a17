import { getIntrospectionQuery } from 'graphql';

/** A text for each number below `count`, in a row. */
export function each(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

/** As GraphiQL asks for the schema, with everything that it may ask for. */
export const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

const USER = 'id email displayName roles status createdAt';
const SESSION = `id current createdAt lastSeenAt authenticatedAt idleExpiresAt expiresAt ipAddress userAgent deviceName
  endedAt endReason user { ${USER} }`;
const EVENT = 'id at type actorId userId sessionId ipAddress userAgent detail';

const page = (node: string) => `{ edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } }`;

/** The largest page of every list, each row in full: the most that somebody could mean. */
export const EVERYTHING = `query ($first: Int) {
  me { ${USER} }
  mySessions(first: 500) { ${SESSION} }
  users(first: $first) ${page(USER)}
  sessions(first: $first) ${page(SESSION)}
  auditEvents(first: $first) ${page(EVENT)}
  signingKeys { id algorithm createdAt activeFrom state }
  activity(hours: 168) { start logins refreshes revocations failedLogins }
}`;

/** Small documents that are huge once their fragments are spread, or once their fields are compared; on any type. */
export const BOMBS: Record<string, string> = {
  'two hundred inline fragments of a hundred fields': `{ me { ${each(200, () => `... { ${'id '.repeat(100)}}`)} } }`,
  'inline fragments of one field': `{ me { ${'... { id } '.repeat(240)} } }`,
  'one field a thousand times': `{ me { ${'id '.repeat(900)} } }`,
  'an object a hundred times': `{ ${'me { id email } '.repeat(150)} }`,
  'objects within objects again': `{ ${each(9, () => `mySessions { ${each(9, () => `user { ${'id '.repeat(6)}}`)} }`)} }`,
  'fragments that overlap': `{ me { ${each(80, (n) => `...F${n}`)} } } ${each(80, (n) => `fragment F${n} on User { id email }`)}`,
  'fragments that double': `{ me { ...F0 } } ${each(60, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on User { id }`,
  'fragments that double in fields': `{ ...F0 } ${each(30, (n) => `fragment F${n} on Query { a: me { ...F${n + 1} } b: me { ...F${n + 1} } }`)} fragment F30 on Query { me { id } }`,
  'fragments that double, and that nothing spreads': `{ me { id } } ${each(60, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on User { id }`,
  'a chain of fragments for each of many operations': `${each(60, (n) => `query Q${n} { ...F0 }`)} ${each(40, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F40 on Query { me { id } }`,
};

/** Fragments that come back to themselves. */
export const CYCLES: Record<string, string> = {
  'through itself': '{ me { ...A } } fragment A on User { id ...A }',
  'through three':
    '{ me { ...A } } fragment A on User { id ...B } fragment B on User { ...C } fragment C on User { ...A }',
  'through fields':
    '{ ...A } fragment A on Query { mySessions { user { id } ...B } } fragment B on Session { user { ...C } ...B } fragment C on User { id ...C }',
  'that double': '{ me { ...A } } fragment A on User { ...B ...B } fragment B on User { ...A ...A }',
  'that nothing spreads': '{ me { id } } fragment A on User { ...B } fragment B on User { ...A }',
  'each of thirty through each': `{ me { ...F0 } } ${each(18, (n) => `fragment F${n} on User { id ${each(18, (m) => `...F${(n + m) % 18}`)} }`)}`,
};
