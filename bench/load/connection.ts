import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Waiting {
  readonly resolve: (body: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One kept-alive HTTP/1.1 connection with one request on its way at a time. It reads no more of HTTP than the measured
 * servers write: the clients that can be had cost more than a bare server's whole answer, and would measure themselves.
 */
export class Connection {
  #text = '';
  #waiting: Waiting | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @returns the body */
  send(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
    const body = readBody(this.#text);
    if (body === undefined) return;
    const waiting = this.#waiting;
    this.#text = '';
    this.#waiting = undefined;
    waiting?.resolve(body);
  }
}

/** Undefined while it has not come whole. */
function readBody(text: string): string | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (length !== undefined) {
    const body = text.slice(headEnd + 4);
    return body.length < Number(length) ? undefined : body;
  }
  return text.endsWith('\r\n0\r\n\r\n') ? unchunk(text.slice(headEnd + 4)) : undefined;
}

function unchunk(text: string): string {
  const [size = '0'] = text.split('\r\n', 1);
  const from = size.length + 2;
  const length = Number.parseInt(size, 16);
  return length === 0 ? '' : text.slice(from, from + length) + unchunk(text.slice(from + length + 2));
}
