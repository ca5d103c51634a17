import { once } from 'node:events';
import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly json: () => unknown;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export async function send(port: number, question: Question = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, agent } = question;
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** A GraphQL POST as a well-behaved client sends it. */
export function post(port: number, headers: OutgoingHttpHeaders = {}, body = '{"query":"{ me { id } }"}') {
  const all = { 'content-type': 'application/json', ...headers };
  return send(port, { method: 'POST', path: '/graphql', headers: all, body });
}

/** Sends exactly these bytes and reads until the server closes the connection. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.setEncoding('latin1');
  socket.write(bytes, 'latin1');
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** A raw GraphQL POST with these header lines beside the necessary ones. */
export function postRaw(port: number, lines: readonly string[]): Promise<string> {
  const body = '{"query":"{ me { id } }"}';
  const fixed = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  const head = ['POST /graphql HTTP/1.1', ...fixed, 'Connection: close', ...lines];
  return sendRaw(port, `${head.join('\r\n')}\r\n\r\n${body}`);
}
