/**
 * One process: a guest book with GraphQL and pages of its own, and Portcullis for who may write in it.
 *
 *   npm run example:embedded
 *
 * It keeps accounts and sessions in data/guest-book.sqlite, and the entries in memory.
 */
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Portcullis, Refusal, startPortcullis } from 'portcullis';
import { buildSchemaSync } from 'type-graphql';
import { GuestBook } from './guest-book.ts';

const { PORT = '4000', DATABASE_URL = 'sqlite:data/guest-book.sqlite' } = process.env;

const book = new GuestBook();

/** What is not a path of Portcullis comes here. */
async function answer(request: IncomingMessage, response: ServerResponse, portcullis: Promise<Portcullis>) {
  if (request.url !== '/entries.txt') return response.end('The guest book. Ask at /graphql.\n');
  try {
    const { roles } = await (await portcullis).gate.authenticate(request.headers.authorization);
    response.end(
      `For ${roles.join(' and ')}:\n${book.entries.map(({ text, by }) => `${text} (${by})\n`).join('')}`,
    );
  } catch (error) {
    const isDenied = error instanceof Refusal && error.code === 'UNAUTHENTICATED';
    response.writeHead(isDenied ? 401 : 503).end(`${isDenied ? error.message : 'Try again later.'}\n`);
  }
  return response;
}

async function main(): Promise<void> {
  const server = createServer((request, response) => void answer(request, response, started));
  const say = (line: string) => process.stdout.write(`${line}\n`);
  server.listen(Number(PORT), '127.0.0.1');
  await once(server, 'listening');
  const started = startPortcullis({
    server,
    settings: { DATABASE_URL },
    schema: buildSchemaSync({ resolvers: [GuestBook], container: { get: () => book }, validate: false }),
    hooks: {
      beforeLogin: ({ user }) =>
        /^troll/.test(user.email) ? { veto: 'You have written enough.' } : undefined,
      claims: ({ user }) => ({ signsAs: user.email.split('@')[0] }),
      sessionEnded: ({ sessionId, reason }) => void say(`Session ${sessionId} has ended: ${reason}`),
    },
  });
  const { url, firstAdmin } = await started;
  const password = firstAdmin?.generatedPassword;
  if (password !== undefined) say(`The first admin is ${firstAdmin?.email}, with the password ${password}`);
  say(`The guest book is at ${url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      // Its end is the end of Portcullis too.
      server.close();
      server.closeIdleConnections();
    });
}

await main();
