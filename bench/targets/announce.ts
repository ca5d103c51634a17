import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port of the loopback address, says where, and ends with the process that started it. */
export async function serve(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

export function announce(url: string): void {
  process.stdout.write(`ready at ${url}\n`);
  process.stdin.on('end', () => process.exit()).resume();
}
