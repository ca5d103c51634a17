/** A command cannot be carried out; the message tells the operator why. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
