import type { IncomingMessage, Server, ServerResponse } from 'node:http';

type Receiver = (request: IncomingMessage, response: ServerResponse) => void;

/** What Node tells of a request; the last two only to those who listen, and then instead of the first. */
const EVENTS = new Set<string | symbol>(['request', 'checkContinue', 'checkExpectation']);

/** Two of us would answer the same paths. */
const joined = new WeakSet<Server>();

/**
 * Takes requests of a server before any of its own listeners hears of them, whether these were there before or come later.
 * `emit` is the one place that all of them pass.
 *
 * @param takes whether a request is ours
 * @returns leaves: from then on the server has all requests for itself
 * @throws Error when the server was joined already
 */
export function joinServer(
  server: Server,
  takes: (request: IncomingMessage) => boolean,
  receive: Receiver,
): () => void {
  if (joined.has(server)) throw new Error('Portcullis has joined this server already.');
  joined.add(server);
  const { emit } = server;
  let isActive = true;
  const emitOthers = (event: string | symbol, ...values: unknown[]): boolean => {
    const [request, response] = values as [IncomingMessage, ServerResponse];
    if (!isActive || !EVENTS.has(event) || !takes(request))
      return Reflect.apply(emit, server, [event, ...values]);
    if (event === 'checkContinue') response.writeContinue();
    receive(request, response);
    return true;
  };
  server.emit = emitOthers;
  return () => {
    isActive = false;
    joined.delete(server);
    // Somebody may have wrapped ours; it then passes everything on.
    if (server.emit === emitOthers) server.emit = emit;
  };
}
