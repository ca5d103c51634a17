import { badUserInput } from '../errors/refusal.ts';
import { isGuessable } from './password-strength.ts';
import type { AccountPolicy } from './services.ts';

/** Longer ones only cost hashing time; ASVS V6.2.9 asks for at least 64. */
const LONGEST_PASSWORD = 1024;

/**
 * Judges a new password: its length in Unicode code points and how soon it would be guessed; no rule of composition (ASVS
 * V6.2.1, V6.2.5). The text is used as it is: nothing is trimmed, folded or cut (V6.2.8).
 *
 * @param field the input field that an error names
 * @param words what a guesser would know of the account
 * @throws Refusal BAD_USER_INPUT
 */
export function checkPassword(
  field: string,
  password: string,
  { passwordMinLength }: Pick<AccountPolicy, 'passwordMinLength'>,
  words: readonly string[],
): void {
  if ([...password].length < passwordMinLength) {
    throw badUserInput(
      field,
      'TOO_SHORT',
      `The password must have at least ${passwordMinLength} characters.`,
    );
  }
  refuseUnhashable(password, field);
  if (isGuessable(password, words)) {
    throw badUserInput(field, 'TOO_COMMON', 'The password is common or easily guessed; choose another one.');
  }
}

/**
 * Refuses what cannot be hashed as it is, before anything is hashed. A lone surrogate has no UTF-8 form and would be
 * folded into U+FFFD.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export function refuseUnhashable(password: string, field = 'password'): void {
  if (password.length > LONGEST_PASSWORD) {
    throw badUserInput(field, 'TOO_LONG', `The password must have at most ${LONGEST_PASSWORD} characters.`);
  }
  if (!password.isWellFormed()) {
    throw badUserInput(field, 'MALFORMED', 'The password is not well-formed Unicode.');
  }
}
