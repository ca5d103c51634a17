import { connect } from 'node:net';

/** Milliseconds after which a server that neither answers nor closes the connection never will. */
const HANG_LIMIT = 25_000;
/** Milliseconds without a byte after which a sender of rubbish hangs up: the server may be waiting for the rest. */
const QUIET = 30;

export interface Reply {
  /** Everything that came, one character a byte. */
  readonly bytes: string;
  /** Whether the server let go of the connection by itself, in order or not. */
  readonly end: 'closed' | 'reset';
}

/**
 * Sends bytes on a connection of their own and reads until the server closes it.
 *
 * @param incomplete the bytes may be less than a request: the sender hangs up once the server has gone quiet
 * @throws Error when the server holds the connection and stays silent
 */
export function exchangeBytes(port: number, bytes: string, incomplete = false): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const parts: string[] = [];
    let end: Reply['end'] = 'closed';
    let quiet: NodeJS.Timeout | undefined;
    const hung = setTimeout(() => {
      socket.destroy();
      reject(new Error('The server neither answered nor closed the connection.'));
    }, HANG_LIMIT);
    const listen = () => {
      if (!incomplete) return;
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.end(), QUIET);
    };
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      parts.push(part);
      listen();
    });
    socket.on('error', () => {
      end = 'reset';
    });
    socket.once('close', () => {
      clearTimeout(hung);
      clearTimeout(quiet);
      resolve({ bytes: parts.join(''), end });
    });
    socket.write(bytes, 'latin1', listen);
  });
}
