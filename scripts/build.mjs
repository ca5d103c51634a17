/**
 * Compiles src/ into dist/ (the server and the client with TypeScript, the console with Vite), unless dist/ was compiled from exactly these sources. Says nothing then, and writes only
 * to stderr otherwise: what the commands print on stdout may be parsed.
 *
 * Several processes may run it at once: each compiles into a folder of its own, the first one puts it in place.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureClient } from './measure-client.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const lock = join(root, '.build-lock');
/** A holder of the lock needs milliseconds; after so many it was killed. */
const LOCK_ABANDONED_MS = 10_000;

const stamp = stampOfSources();
if (stampOf(dist) !== stamp) await build();

async function build() {
  const draft = join(root, `.build-${randomBytes(6).toString('hex')}`);
  try {
    await compileInto(draft);
    writeFileSync(join(draft, '.stamp'), stamp);
    putInPlace(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Contents, not times: a fresh clone and a switched branch have arbitrary times. */
function stampOfSources() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const settings = [
    'ormconfig.ts',
    'tsconfig.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/measure-client.mjs',
  ];
  const hash = createHash('sha256');
  for (const path of [...sources, ...settings.map((name) => join(root, name))]) {
    const content = readFileSync(path);
    hash.update(`${path.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function stampOf(folder) {
  const path = join(folder, '.stamp');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

async function compileInto(folder) {
  process.stderr.write('Building portcullis …\n');
  compile(root, folder);
  compile(join(root, 'src', 'client'), join(folder, 'src', 'client'));
  await tellSize('portcullis/client', 'index.ts');
  await tellSize('portcullis/client/socket', 'socket/index.ts');
  await bundleConsole(join(folder, 'console'));
}

async function tellSize(name, entry) {
  process.stderr.write(`${name}: ${await measureClient(entry)} bytes, minified and gzipped\n`);
}

function compile(project, outDir) {
  const options = ['--project', project, '--outDir', outDir, '--noEmitOnError'];
  const { status } = spawnSync(process.execPath, [compiler(), ...options], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The build failed; the messages of the TypeScript compiler stand above.');
}

/** The same whoever builds: React and Apollo look at NODE_ENV, which the tests set to something else. */
async function bundleConsole(outDir) {
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const configFile = join(root, 'src', 'console', 'vite.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir } });
}

function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch (cause) {
    throw new Error('TypeScript, which builds a checkout, is not installed: run npm ci.', { cause });
  }
}

/**
 * Swaps the folders, for an instant without a dist/. Only under the lock and only while dist/ is stale, so that no
 * process that found it current loses it.
 */
function putInPlace(draft) {
  takeLock();
  try {
    if (stampOf(dist) === stamp) return;
    const stale = `${draft}-stale`;
    if (existsSync(dist)) renameSync(dist, stale);
    renameSync(draft, dist);
    rmSync(stale, { recursive: true, force: true });
  } finally {
    rmdirSync(lock);
  }
}

function takeLock() {
  for (;;) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (lockAge() > LOCK_ABANDONED_MS) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function lockAge() {
  return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
