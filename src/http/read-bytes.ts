import type { IncomingMessage } from 'node:http';
import { RequestRefusal } from './request-refusal.ts';

/**
 * The whole body. Node itself ends it where its Content-Length, or its last chunk, says.
 *
 * @returns at once, where all of it has arrived: to listen for its parts costs more than the rest of reading it
 * @throws RequestRefusal 413 as soon as it is known to be longer than `limit`, 400 when it does not arrive whole; what
 *   has not arrived yet rejects with them
 */
export function readBytes(request: IncomingMessage, limit: number): Buffer | Promise<Buffer> {
  const { 'content-length': announced = '0' } = request.headers;
  if (Number(announced) > limit) throw tooLong(limit);
  if (request.complete) return takeArrived(request, limit);
  if (request.destroyed) throw cutOff();
  return collect(request, limit);
}

function takeArrived(request: IncomingMessage, limit: number): Buffer {
  const bytes: Buffer = request.read() ?? Buffer.alloc(0);
  if (bytes.length > limit) throw tooLong(limit);
  return bytes;
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      request.off('data', take).pause();
      reject(tooLong(limit));
    };
    const end = () => {
      if (!request.complete) reject(cutOff());
    };
    request.on('data', take).on('error', end).on('close', end);
    request.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

function tooLong(limit: number): RequestRefusal {
  return new RequestRefusal(413, `The body is larger than ${limit / 2 ** 20} MiB.`);
}

function cutOff(): RequestRefusal {
  return new RequestRefusal(400, 'The body did not arrive whole.');
}
