/**
 * A value that its setting cannot take. The message states what is asked for ("must be …") and never repeats the
 * value, which may be a secret.
 */
export class UnusableValue extends Error {
  override readonly name = 'UnusableValue';
}
