/**
 * A small game in a page: each move is a request that the session allows, and a socket of the same session shows where
 * else one is playing. Two terminals:
 *
 *   ALLOWED_ORIGINS=http://localhost:4000,http://localhost:5000 npm start
 *   npm run example examples/game/main.mjs
 *
 * Play at http://localhost:5000. End it from another browser in the console, http://localhost:4000, and the board stops.
 * This program only hands out the files of the page, which is on an origin of its own: the browser talks to Portcullis
 * itself.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const { URL: url = 'http://localhost:4000/graphql', PORT = '5000' } = process.env;

/** Where the modules of a path are. A bundler would make one file of them. */
const FOLDERS = {
  '/portcullis/': new URL('.', import.meta.resolve('portcullis/client')),
  '/graphql-ws/': new URL('.', import.meta.resolve('graphql-ws/client')),
  '/': new URL('page/', import.meta.url),
};

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

const page = (await readFile(new URL('index.html', FOLDERS['/']), 'utf8')).replace('SERVER_URL', url);
const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(page) ?? [];
const server = new URL(url).origin;

/** A socket is an address of its own here, except where it is the page's own origin. */
const policy = [
  "default-src 'self'",
  `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
  `connect-src ${server} ${server.replace('http', 'ws')}`,
  "frame-ancestors 'none'",
].join('; ');

/** @param {string} path */
async function fileAt(path) {
  if (path === '/') return { content: page, type: TYPES.get('.html') };
  const type = TYPES.get(extname(path));
  for (const [prefix, folder] of Object.entries(FOLDERS)) {
    const file = new URL(`.${path.slice(prefix.length - 1)}`, folder);
    const isIn = path.startsWith(prefix) && file.href.startsWith(folder.href);
    if (isIn && type) return { content: await readFile(file), type };
  }
  throw new Error(`There is no ${path}.`);
}

const game = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  try {
    const { content, type } = await fileAt(pathname);
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(content);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
  }
});

game.listen(Number(PORT), 'localhost', () => {
  const address = game.address();
  const port = typeof address === 'object' ? address?.port : PORT;
  process.stdout.write(`The game is at http://localhost:${port}, its server at ${url}\n`);
});
