/** The number that changes with the signing keys. */
export const KEY_EPOCH = 'SELECT epoch FROM signing_key_epoch WHERE id = 1';

/** A column of the statement that reads what is to be trusted together with the keys: both are of one moment. */
export const WITH_KEY_EPOCH = `(${KEY_EPOCH})`;
