/** A byte order mark is kept, so that JSON.parse refuses it: a JOSE part is JSON and nothing before it. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The JSON object in these bytes; undefined when they are not UTF-8, not JSON or not an object. Of members that
 * occur twice the last one counts, as RFC 7515 §4 and RFC 7519 §4 allow; `__proto__` becomes an own member.
 */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(UTF_8.decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
