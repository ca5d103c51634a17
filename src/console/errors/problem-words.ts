/** By problem; what the field changes about it stands in `OF_FIELD`. */
const PROBLEMS: Readonly<Record<string, string>> = {
  MALFORMED: 'This cannot be read; check the spelling.',
  TOO_LONG: 'This is too long.',
  TOO_SHORT: 'This password is too short. Use more characters; a few words in a row are good.',
  TOO_COMMON: 'This password is easily guessed. Choose another; a few unusual words in a row are good.',
  TAKEN: 'There is already an account with this e-mail.',
  LAST_ADMIN: 'This is the last administrator. Make somebody else one first.',
  EMPTY: 'Choose at least one condition.',
  NOT_ALONE: 'Add another condition: the browser alone is not enough for a list.',
};

const OF_FIELD: Readonly<Record<string, string>> = {
  'email MALFORMED': 'This is not an e-mail address.',
  'userId MALFORMED': 'This is not the id of a user.',
  'sessionId MALFORMED': 'This is not the id of a session.',
  'displayName MALFORMED': 'The name holds characters that cannot be shown.',
  'displayName TOO_LONG': 'The name is too long: at most 100 characters.',
  'reason TOO_LONG': 'The reason is too long: at most 500 characters.',
};

export function problemWords(field: string, problem: string): string {
  return OF_FIELD[`${field} ${problem}`] ?? PROBLEMS[problem] ?? 'The server did not accept this.';
}
