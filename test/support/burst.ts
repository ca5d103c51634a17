import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface BurstRequest {
  readonly query: string;
  readonly accessToken: string;
}

/**
 * Sends GraphQL requests, each on a connection that is in use already, all of them in one step of the event loop: so they
 * reach the server together, as requests of clients on other machines do. New connections would come one by one, since
 * libuv accepts one a turn.
 *
 * @returns the bodies of the answers
 */
export async function burst(url: string, requests: readonly BurstRequest[]): Promise<unknown[]> {
  const sockets = await Promise.all(requests.map(() => open(url)));
  const answers = sockets.map(readToEnd);
  for (const [index, request] of requests.entries()) sockets[index]?.write(httpRequest(url, request));
  return Promise.all(answers);
}

async function open(url: string): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`HEAD /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await once(socket, 'readable');
  socket.read();
  return socket;
}

function httpRequest(url: string, { query, accessToken }: BurstRequest): string {
  const body = JSON.stringify({ query });
  const lines = [
    'POST /graphql HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Authorization: Bearer ${accessToken}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

async function readToEnd(socket: Socket): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
}
