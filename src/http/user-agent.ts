const LONGEST = 512;

/** The client's word about itself, fit to be stored and shown: at most 512 characters, no control characters. */
export function userAgent(header: string | undefined): string | null {
  const text = (header ?? '')
    .replace(/\p{Cc}/gu, '')
    .slice(0, LONGEST)
    .trim();
  return text === '' ? null : text;
}
