import { badUserInput } from '../errors/refusal.ts';

const LONGEST = 100;

/**
 * A name that people chose to be shown: of an account or of a device. Empty means none.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export function parseLabel(field: string, text: string | null): string | null {
  const label = text?.trim().normalize('NFC') ?? '';
  if ([...label].length > LONGEST) {
    throw badUserInput(field, 'TOO_LONG', `${field} must have at most ${LONGEST} characters.`);
  }
  if (/\p{Cc}/u.test(label) || !label.isWellFormed())
    throw badUserInput(field, 'MALFORMED', `${field} must be well-formed and hold no control characters.`);
  return label === '' ? null : label;
}
