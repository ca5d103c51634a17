import type { IncomingMessage } from 'node:http';
import { RequestRefusal } from './request-refusal.ts';

/**
 * The whole body. Node itself ends it where its Content-Length, or its last chunk, says.
 *
 * @throws RequestRefusal 413 as soon as it is known to be longer than `limit`, 400 when it does not arrive whole
 */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { 'content-length': announced = '0' } = request.headers;
    if (Number(announced) > limit) return reject(tooLong(limit));
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      request.off('data', take).pause();
      reject(tooLong(limit));
    };
    const cutOff = () => {
      if (!request.complete) reject(new RequestRefusal(400, 'The body did not arrive whole.'));
    };
    request.on('data', take).on('error', cutOff).on('close', cutOff);
    request.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

function tooLong(limit: number): RequestRefusal {
  return new RequestRefusal(413, `The body is larger than ${limit / 2 ** 20} MiB.`);
}
