import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Lure {
  readonly url: string;
  /** How many connections it has had. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A server that nobody has a reason to call: it counts who does (SECURITY B3). */
export async function openLure(): Promise<Lure> {
  let connections = 0;
  const server = createServer((_, response) => response.end('{"keys":[]}'));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/keys`,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
