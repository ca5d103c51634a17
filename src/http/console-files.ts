import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ResponseHeaders } from './headers.ts';
import { pageHeaders } from './page.ts';

/** What a build of the console may consist of. Text is worth compressing; the rest is compressed already. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly text: boolean }>> = {
  '.html': { type: 'text/html; charset=utf-8', text: true },
  '.js': { type: 'text/javascript; charset=utf-8', text: true },
  '.css': { type: 'text/css; charset=utf-8', text: true },
  '.svg': { type: 'image/svg+xml', text: true },
  '.webmanifest': { type: 'application/manifest+json', text: true },
  '.txt': { type: 'text/plain; charset=utf-8', text: true },
  '.png': { type: 'image/png', text: false },
  '.ico': { type: 'image/x-icon', text: false },
  '.woff2': { type: 'font/woff2', text: false },
};

/**
 * The page loads what the build made, speaks to this server, and nothing else. Trusted Types: no text becomes markup or
 * script, and no policy can be made that would let it (W3C Trusted Types §4.1).
 */
const PAGE_HEADERS = pageHeaders([
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
]);

/** The name of such a file is made of its content. */
const HASHED = { 'cache-control': 'public, max-age=31536000, immutable' };

/** Kept by browsers, and asked for again each time: a new version is there at the next visit. */
const NAMED = { 'cache-control': 'no-cache' };

const HASHED_FOLDER = '/assets/';

const zip = promisify(gzip);

/** How a file may be encoded on its way. */
export type Coding = 'gzip' | 'identity';

/** One file of the console, as it is sent. */
export class ConsoleFile {
  readonly path: string;
  readonly headers: ResponseHeaders;
  /** One of a few, unlike the hashed names, which change with every build. */
  readonly route: string;
  readonly #etag: string;
  readonly #text: boolean;
  #zipped: Promise<Buffer> | undefined;

  /**
   * @param name in the folder of the console
   * @throws Error for a file of another type than a console consists of
   */
  constructor(
    name: string,
    private readonly content: Buffer,
  ) {
    const known = TYPES[extname(name)];
    if (known === undefined) throw new Error(`The console holds a file of no known type: ${name}.`);
    this.path = pathOf(name);
    const hashed = this.path.startsWith(HASHED_FOLDER);
    this.route = hashed ? HASHED_FOLDER : this.path;
    this.#text = known.text;
    this.#etag = createHash('sha256').update(content).digest('base64url');
    this.headers = {
      ...(extname(name) === '.html' ? PAGE_HEADERS : { 'content-type': known.type }),
      ...(hashed ? HASHED : NAMED),
      ...(known.text ? { vary: 'Accept-Encoding' } : {}),
    };
  }

  /** The codings in which it can be had, the smallest first. */
  get codings(): readonly Coding[] {
    return this.#text ? ['gzip', 'identity'] : ['identity'];
  }

  /** Two codings of a file are two representations, and have two tags (RFC 9110 §8.8.3.3). */
  etag(coding: Coding): string {
    return coding === 'gzip' ? `"${this.#etag}-gzip"` : `"${this.#etag}"`;
  }

  /** Compressed when somebody first asks for it so. */
  async body(coding: Coding): Promise<Buffer> {
    if (coding === 'identity') return this.content;
    this.#zipped ??= zip(this.content, { level: 9 });
    return this.#zipped;
  }
}

/**
 * The built console by path, read once: what a request names is looked up here, and never on the disk.
 *
 * @param folder undefined: there shall be no console
 * @throws Error that says what to do, when there is no console in the folder
 */
export function readConsole(folder: string | undefined): ReadonlyMap<string, ConsoleFile> {
  if (folder === undefined) return new Map();
  const files = namesBelow(folder).map((name) => new ConsoleFile(name, readFileSync(join(folder, name))));
  const console = new Map(files.map((file) => [file.path, file]));
  if (console.has('/')) return console;
  throw new Error(`The console is not built: there is no ${join(folder, 'index.html')}. Run npm run build.`);
}

function namesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function pathOf(name: string): string {
  return name === 'index.html' ? '/' : `/${name.split(sep).join('/')}`;
}
