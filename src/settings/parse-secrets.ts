import { UnusableValue } from './unusable-value.ts';

/** 256 bits, the strength of the keys derived from it (ASVS V11.2.3 asks for 128 at least). */
export const SECRET_BYTES = 32;

/** 32 random bytes hold 30 different values or so; fewer than this is a pattern somebody typed. */
const LEAST_DIFFERENT_BYTES = 8;

/**
 * PORTCULLIS_SECRET: one secret, or several while it is being changed.
 * @throws UnusableValue that tells which entry is wrong and nothing of the text
 */
export function secrets(text: string): readonly Uint8Array[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.map((entry, index) => {
    const where = entries.length === 1 ? '' : `, in entry ${index + 1} of ${entries.length} too`;
    const bytes = base64Bytes(entry);
    if (bytes === undefined) throw new UnusableValue(`must be base64${where}`);
    if (bytes.length < SECRET_BYTES) {
      throw new UnusableValue(`must be at least ${SECRET_BYTES} random bytes, base64${where}`);
    }
    return bytes;
  });
}

/** Standard or URL-safe alphabet, padded or not; undefined for anything that Node would silently skip over. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, '');
  const oneAlphabet = /^[A-Za-z0-9+/]+$/.test(digits) || /^[A-Za-z0-9_-]+$/.test(digits);
  return oneAlphabet && digits.length % 4 !== 1 ? new Uint8Array(Buffer.from(digits, 'base64')) : undefined;
}

/** Whether the secret is a placeholder rather than random bytes, e.g. one letter repeated. */
export function isGuessable(secret: Uint8Array): boolean {
  return new Set(secret).size < LEAST_DIFFERENT_BYTES;
}
