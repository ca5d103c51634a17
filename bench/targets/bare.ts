import { createServer } from 'node:http';
import { serve } from './announce.ts';
import { ANSWER } from './hello-schema.ts';

/** The least that a server in Node.js can do: read the body, answer with the same bytes as the others. */
await serve(
  createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': ANSWER.length,
      });
      response.end(ANSWER);
    });
  }),
);
