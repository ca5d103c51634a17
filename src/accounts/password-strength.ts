import { type OptionsType, ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** Of 0 to 4: below 2, some million guesses find it. */
const LEAST_SCORE = 2;

/** From here on a password is taken as it is (ASVS V6.2.9), and the estimate would cost more than it tells. */
const LONG = 64;

/**
 * Letters that signs may stand for (`p4$$w0rd`) are tried in every combination, which a hostile password of many such
 * signs makes slow: 290 ms of the event loop at 63 characters, 50 with this bound. Up to `SHORT` characters all are tried
 * (40 ms at worst); no common password is longer.
 */
const FEW_SUBSTITUTIONS = 8;
const SHORT = 24;

const options = { dictionary, graphs: adjacencyGraphs };
const estimator = whenNeeded(options);
const boundedEstimator = whenNeeded({ ...options, l33tMaxSubstitutions: FEW_SUBSTITUTIONS });

/**
 * Whether a guesser would soon come to this password: one of 49,233 common ones, a variation of one, a repetition, a walk
 * over the keyboard, or made of words that belong to the account (ASVS V6.2.4, V6.2.11). All of it offline.
 *
 * @param words what a guesser would know of the account, e.g. its e-mail
 */
export function isGuessable(password: string, words: readonly string[]): boolean {
  if (password.length >= LONG) return false;
  // The parts of an e-mail or a name too: the estimate compares whole words.
  const known = words.flatMap((word) => [word, ...word.split(/[@\s]/)]);
  const chosen = password.length > SHORT ? boundedEstimator : estimator;
  return chosen().check(password, [...known, 'portcullis']).score < LEAST_SCORE;
}

/** Ranking the words takes some 80 ms, which neither a start nor a command that checks no password has to wait for. */
function whenNeeded(given: OptionsType): () => ZxcvbnFactory {
  let made: ZxcvbnFactory | undefined;
  return () => {
    made ??= new ZxcvbnFactory(given);
    return made;
  };
}
