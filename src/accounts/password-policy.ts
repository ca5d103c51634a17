import { badUserInput } from '../errors/refusal.ts';

/** Longer ones only cost hashing time; ASVS V6.2.9 asks for at least 64. */
const LONGEST_PASSWORD = 1024;

/**
 * Length alone decides, in Unicode code points, with no rule of composition (ASVS V6.2.1, V6.2.5). The text is used as
 * it is: nothing is trimmed, folded or cut (V6.2.8).
 *
 * @throws Refusal BAD_USER_INPUT
 */
export function checkPassword(password: string, minLength: number): void {
  const length = [...password].length;
  if (length < minLength) {
    throw badUserInput('password', 'TOO_SHORT', `The password must have at least ${minLength} characters.`);
  }
  refuseUnhashable(password);
}

/**
 * Refuses what cannot be hashed as it is, before anything is hashed. A lone surrogate has no UTF-8 form and would be
 * folded into U+FFFD.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export function refuseUnhashable(password: string): void {
  if (password.length > LONGEST_PASSWORD) {
    throw badUserInput(
      'password',
      'TOO_LONG',
      `The password must have at most ${LONGEST_PASSWORD} characters.`,
    );
  }
  if (!password.isWellFormed()) {
    throw badUserInput('password', 'MALFORMED', 'The password is not well-formed Unicode.');
  }
}
