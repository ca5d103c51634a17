import { withoutTokens } from '../without-tokens.ts';

const LONGEST = 512;

/**
 * The client's word about itself, fit to be stored and shown: at most 512 characters, no control characters, and no
 * token, which would let whoever reads the table or the security log act as its owner.
 */
export function userAgent(header: string | undefined): string | null {
  if (header === undefined) return null;
  const text = withoutTokens(header.replace(/\p{Cc}/gu, ''))
    .slice(0, LONGEST)
    .trim();
  return text === '' ? null : text;
}
