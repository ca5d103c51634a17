import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AskedUpgrade } from './take-upgrade.ts';
import { asksForWebSocket, withoutUpgrade } from './upgrade.ts';

/** Who gets what is taken. */
export interface Receiver {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(asked: AskedUpgrade): void;
}

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
  receiver: Receiver,
): () => void {
  if (joined.has(server)) throw new Error('Portcullis has joined this server already.');
  joined.add(server);
  const { emit } = server;
  let isActive = true;
  const emitOthers = (event: string | symbol, ...values: unknown[]): boolean => {
    const [request] = values as [IncomingMessage];
    const isTaken =
      isActive && (EVENTS.has(event) ? takes(request) : isUpgrade(event, request) && takes(request));
    if (!isTaken) return Reflect.apply(emit, server, [event, ...values]);
    if (event === 'upgrade') {
      const [, connection, head] = values as [IncomingMessage, Duplex, Buffer];
      receiver.upgrade({ request, connection, head });
    } else {
      const [, response] = values as [IncomingMessage, ServerResponse];
      if (event === 'checkContinue') response.writeContinue();
      receiver.request(request, response);
    }
    return true;
  };
  server.emit = emitOthers;
  // Node tells of upgrades only where somebody listens.
  const stopPassing = passUpgradesOn(server);
  return () => {
    isActive = false;
    stopPassing();
    joined.delete(server);
    // Somebody may have wrapped ours; it then passes everything on.
    if (server.emit === emitOthers) server.emit = emit;
  };
}

function isUpgrade(event: string | symbol, request: IncomingMessage): boolean {
  return event === 'upgrade' && asksForWebSocket(request);
}

/** Where nobody else listens, a request for another protocol is answered as if it had not asked for one, as Node does. */
function passUpgradesOn(server: Server): () => void {
  const listener = (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    if (server.listenerCount('upgrade') > 1) return;
    connection.unshift(withoutUpgrade(request, head));
    server.emit('connection', connection);
  };
  server.on('upgrade', listener);
  return () => server.off('upgrade', listener);
}
