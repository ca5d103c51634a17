import type { Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { isNestedDeep } from '../http/json-depth.ts';
import type { Logger } from '../log.ts';
import { BAD_MESSAGE, FAILED } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

/** Bytes of a reason at most (RFC 6455 §5.5); graphql-ws repeats in it whatever id a client chose. */
const LONGEST_REASON = 123;

/** graphql-ws has no code for a message that only a server may send. */
const NOT_A_CLIENTS = /^Unexpected message of type /;

/** Lets a socket speak the protocol. */
export function speak(ws: WebSocket, socket: OpenSocket, protocol: Server<OpenSocket>, log: Logger): void {
  const closed = protocol.opened(
    {
      protocol: ws.protocol,
      send: (text) => socket.send(text),
      close: (code = BAD_MESSAGE.code, reason = '') => socket.close({ code, reason: fitting(reason) }),
      onMessage: (listener) => {
        ws.on('message', (data, isBinary) => {
          if (!socket.isClosed && !socket.isRetired) void take(socket, data, isBinary, listener, log);
        });
      },
    },
    socket,
  );
  ws.on('close', (code) => void closed(code));
}

function fitting(reason: string): string {
  return Buffer.byteLength(reason) > LONGEST_REASON ? '' : reason;
}

async function take(
  socket: OpenSocket,
  data: RawData,
  isBinary: boolean,
  listener: (text: string) => Promise<void>,
  log: Logger,
): Promise<void> {
  // Of these every message is one buffer.
  if (isBinary || !Buffer.isBuffer(data) || isNestedDeep(data)) return socket.close(BAD_MESSAGE);
  try {
    await socket.handle(() => listener(data.toString('utf8')));
  } catch (error) {
    if (error instanceof Error && NOT_A_CLIENTS.test(error.message)) return socket.close(BAD_MESSAGE);
    log.error({ err: error }, 'a socket failed');
    socket.close(FAILED);
  }
}
