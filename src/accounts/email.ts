import { badUserInput } from '../errors/refusal.ts';

/** RFC 5321 §4.5.3.1.3: a path of 256 octets, less its angle brackets. */
const LONGEST = 254;

/** A character of NFC is made of four at most: what is longer is no e-mail in any spelling. */
const LONGEST_SPELLING = 4 * LONGEST;

const FORM = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/**
 * The spelling under which an e-mail is stored and compared, byte for byte, on every database: trimmed, NFC, lower
 * case; NFC last, since lower case can leave a text that is not. `ádmin@…` and `admin@…` stay two accounts (ASVS V1.5.3).
 * What is too long for an e-mail stays without NFC, which takes minutes for a megabyte of combining marks (SECURITY F5).
 */
export function normalizeEmail(text: string): string {
  const folded = text.trim().toLowerCase();
  return folded.length > LONGEST_SPELLING ? folded : folded.normalize('NFC');
}

/** @throws Refusal BAD_USER_INPUT */
export function parseEmail(text: string): string {
  const email = normalizeEmail(text);
  if (email.length > LONGEST) {
    throw badUserInput('email', 'TOO_LONG', `The e-mail is longer than ${LONGEST} characters.`);
  }
  if (!FORM.test(email) || !email.isWellFormed())
    throw badUserInput('email', 'MALFORMED', 'The e-mail must have the form name@domain.');
  return email;
}
