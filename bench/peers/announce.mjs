import { once } from 'node:events';

/**
 * Says how a peer is asked and where it listens, and ends with the process that started it.
 *
 * @param url where it listens
 * @param asked method, path, headers and body of the request to measure; `pattern` is what its answer must contain
 */
export function announce(url, asked) {
  process.stdout.write(`request ${JSON.stringify(asked)}\nready at ${new URL(url).origin}\n`);
  process.stdin.on('end', () => process.exit()).resume();
}

/** @param server a node:http server that does not listen yet */
export async function listen(server, asked) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  announce(`http://127.0.0.1:${server.address().port}`, asked);
}
