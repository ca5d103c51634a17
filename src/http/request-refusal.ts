/**
 * A request that the transport does not pass on.
 * @param status HTTP status, 4xx
 */
export class RequestRefusal extends Error {
  override readonly name = 'RequestRefusal';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
