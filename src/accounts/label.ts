import { badUserInput, type Refusal } from '../errors/refusal.ts';

const LONGEST = 100;

/** UTF-16 units of one code point of NFC, however it is spelt: four code points of two units. */
const SPELLING = 8;

/**
 * A text of one line that people chose to be shown: the name of an account or a device, a reason. Empty means none.
 *
 * @param longest in Unicode code points
 * @throws Refusal BAD_USER_INPUT
 */
export function parseLabel(field: string, text: string | null, longest = LONGEST): string | null {
  const trimmed = text?.trim() ?? '';
  // First, since NFC takes minutes for a megabyte of combining marks (SECURITY F5).
  if (trimmed.length > longest * SPELLING) throw tooLong(field, longest);
  const label = trimmed.normalize('NFC');
  if ([...label].length > longest) throw tooLong(field, longest);
  if (/\p{Cc}/u.test(label) || !label.isWellFormed())
    throw badUserInput(field, 'MALFORMED', `${field} must be well-formed and hold no control characters.`);
  return label === '' ? null : label;
}

function tooLong(field: string, longest: number): Refusal {
  return badUserInput(field, 'TOO_LONG', `${field} must have at most ${longest} characters.`);
}
