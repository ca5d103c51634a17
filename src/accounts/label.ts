import { badUserInput } from '../errors/refusal.ts';

const LONGEST = 100;

/**
 * A text of one line that people chose to be shown: the name of an account or a device, a reason. Empty means none.
 *
 * @param longest in Unicode code points
 * @throws Refusal BAD_USER_INPUT
 */
export function parseLabel(field: string, text: string | null, longest = LONGEST): string | null {
  const label = text?.trim().normalize('NFC') ?? '';
  if ([...label].length > longest) {
    throw badUserInput(field, 'TOO_LONG', `${field} must have at most ${longest} characters.`);
  }
  if (/\p{Cc}/u.test(label) || !label.isWellFormed())
    throw badUserInput(field, 'MALFORMED', `${field} must be well-formed and hold no control characters.`);
  return label === '' ? null : label;
}
