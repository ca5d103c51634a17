import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ConsoleFile, readConsole } from '../../src/http/console-files.ts';
import { CONSOLE, consoleScript } from '../support/console.ts';
import { send, sendRaw } from './client.ts';
import { startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-console-'));
  folders.push(folder);
  return folder;
}

const SECRET = 'what lies beside the console';

/** A console of one file of each kind, and things around it that are no part of it. */
function makeConsole(): string {
  const around = newFolder();
  const folder = join(around, 'console');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const files = {
    'index.html': '<!doctype html><title>Console</title>',
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'assets/index-A1b2.js': `export const text = '${'long '.repeat(500)}';`,
    'assets/index-A1b2.css': 'body { margin: 0; }',
    'assets/face-A1b2.woff2': Buffer.from([0x77, 0x4f, 0x46, 0x32]),
    'assets/mark-A1b2.png': Buffer.from([0x89, 0x50, 0x4e, 0x47]),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(around, 'secret.txt'), SECRET);
  symlinkSync(join(around, 'secret.txt'), join(folder, 'link.txt'));
  return folder;
}

const startConsole = (folder = makeConsole()) => startServer({ console: readConsole(folder) });

/** The body as it came, not as text. */
function fetchBytes(port: number, path: string, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.on('error', reject).end();
  });
}

describe('the files of the console', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/icon.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/index-A1b2.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-A1b2.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/face-A1b2.woff2', 'font/woff2', 'public, max-age=31536000, immutable'],
    ['/assets/mark-A1b2.png', 'image/png', 'public, max-age=31536000, immutable'],
  ])('%s is %s and may be kept: %s', async (path, type, cached) => {
    const { port } = await startConsole();
    const { status, headers } = await send(port, { path });
    expect({ status, type: headers['content-type'], cached: headers['cache-control'] }).toEqual({
      status: 200,
      type,
      cached,
    });
    expect(headers.etag).toMatch(/^"[\w-]{43}"$/);
  });

  it('are those of the build, byte by byte', async () => {
    const { port } = await startServer();
    const { text } = await send(port);
    expect(text).toBe(readFileSync(join(CONSOLE, 'index.html'), 'utf8'));
    expect(text).toContain(`src="${consoleScript()}"`);
    const script = await send(port, { path: consoleScript() });
    expect(script.text).toBe(readFileSync(join(CONSOLE, consoleScript()), 'utf8'));
  });

  it('are answered to HEAD as to GET, without the body', async () => {
    const { port } = await startConsole();
    for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
      const path = '/assets/index-A1b2.js';
      const got = await send(port, { path, headers });
      const head = await send(port, { path, headers, method: 'HEAD' });
      const kept = ['content-length', 'content-type', 'content-encoding', 'etag', 'cache-control', 'vary'];
      const of = (answer: typeof got) => kept.map((name) => answer.headers[name]);
      expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
      expect(of(head)).toEqual(of(got));
    }
  });

  it('are not sent again to who has them, and are when they have changed', async () => {
    const folder = makeConsole();
    const { port } = await startConsole(folder);
    const first = await send(port);
    const known = { 'if-none-match': `"another", W/${first.headers.etag}` };
    const again = await send(port, { headers: known });
    expect({ status: again.status, text: again.text, etag: again.headers.etag }).toEqual({
      status: 304,
      text: '',
      etag: first.headers.etag,
    });
    expect(again.headers['content-security-policy']).toBe(first.headers['content-security-policy']);
    expect((await send(port, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>New</title>');
    const { port: newer } = await startConsole(folder);
    expect((await send(newer, { headers: known })).status).toBe(200);
  });

  it('are compressed for who says so, under a tag of their own, and for nobody else', async () => {
    const { port } = await startConsole();
    const path = '/assets/index-A1b2.js';
    const plain = await send(port, { path });
    const headers = { 'accept-encoding': 'br, gzip' };
    const zipped = await send(port, { path, headers });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(plain.headers.vary).toBe('Accept-Encoding');
    expect(zipped.headers.vary).toBe('Accept-Encoding');
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    const body = await fetchBytes(port, path, headers);
    expect(gunzipSync(body).toString()).toBe(plain.text);
    expect(body.length).toBeLessThan(plain.text.length / 2);
    for (const refused of ['gzip;q=0', 'identity', 'br', 'nonsense;;q=x', '']) {
      const answer = await send(port, { path, headers: { 'accept-encoding': refused } });
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.text).toBe(plain.text);
    }
    const image = await send(port, { path: '/assets/mark-A1b2.png', headers });
    expect(image.headers['content-encoding']).toBeUndefined();
  });
});

describe('what lies around the console', () => {
  const AROUND = [
    '/index.html',
    '/assets',
    '/assets/',
    '/link.txt',
    '/secret.txt',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e/index.html',
    '/..\\secret.txt',
    '//secret.txt',
    '/assets//index-A1b2.js',
    '/assets/index-A1b2.js/',
    '/assets/index-A1b2.js%00',
    '/ASSETS/index-A1b2.js',
    '/assets/__proto__',
    '/constructor',
  ];

  it.each(AROUND)('is not there: %s', async (path) => {
    const { port } = await startConsole();
    const answer = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain(SECRET);
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
    // Spelt as it is, a file is there.
    const there = await sendRaw(
      port,
      'GET /assets/index-A1b2.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(there).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('does not come in afterwards: the files are those of the start', async () => {
    const folder = makeConsole();
    const { port } = await startConsole(folder);
    writeFileSync(join(folder, 'assets/late-A1b2.js'), SECRET);
    expect((await send(port, { path: '/assets/late-A1b2.js' })).status).toBe(404);
    const { port: newer } = await startConsole(folder);
    expect((await send(newer, { path: '/assets/late-A1b2.js' })).status).toBe(200);
  });

  it('does not hide what the server answers itself', async () => {
    const file = new ConsoleFile('index.html', Buffer.from('a page'));
    const { port } = await startServer({ console: new Map(['/', '/livez'].map((path) => [path, file])) });
    expect((await send(port)).text).toBe('a page');
    expect((await send(port, { path: '/livez' })).json()).toEqual({ status: 'ok' });
  });
});

describe('a folder that is no console', () => {
  it('is an error that says what to do', () => {
    const empty = newFolder();
    for (const folder of [empty, join(empty, 'nothing')])
      expect(() => readConsole(folder)).toThrow(
        `The console is not built: there is no ${join(folder, 'index.html')}. Run npm run build.`,
      );
    const strange = makeConsole();
    writeFileSync(join(strange, 'program.exe'), 'x');
    expect(() => readConsole(strange)).toThrow('The console holds a file of no known type: program.exe.');
  });

  it('is none of ours: the build has what a page needs, and no map of the sources', () => {
    const names = readdirSync(CONSOLE, { recursive: true }).map(String);
    expect(names).toContain('index.html');
    expect(names.filter((name) => name.endsWith('.map'))).toEqual([]);
  });
});
