import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads on through a body that is not wanted, so that its sender, who is still writing, comes to read the refusal:
 * a connection that is closed with unread bytes is reset, answer and all (RFC 9112 §9.6). Nothing is kept, and past
 * 16 MiB the sender takes what comes.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed || Number(request.headers['content-length'] ?? 0) > MOST_BYTES)
    return;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) resolve();
    });
    request.once('end', resolve).once('close', resolve).resume();
  });
}
