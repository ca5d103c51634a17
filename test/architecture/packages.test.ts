import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minVersion, subset } from 'semver';
import { codes, ROOT, readText, tableRows } from '../docs/markdown.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

interface RootManifest extends Manifest {
  readonly engines: { readonly node: string };
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

function readJson<T>(path: string): T {
  return JSON.parse(readText(path));
}

function lockedIn(path: string): [string, LockedPackage][] {
  const { packages } = readJson<{ packages: Readonly<Record<string, LockedPackage>> }>(path);
  return Object.entries(packages).filter(([name]) => name !== '');
}

const manifest = readJson<RootManifest>('package.json');
const locked = lockedIn('package-lock.json');

/** Every `package.json` that is ours. */
const manifests = ['.', '.ci', 'examples']
  .flatMap((folder) => [folder, ...readdirSync(join(ROOT, folder)).map((name) => join(folder, name))])
  .map((folder) => join(folder, 'package.json'))
  .filter((path) => !path.startsWith('node_modules') && existsSync(join(ROOT, path)));

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

describe('the packages', () => {
  it.each(manifests)('of %s are pinned to exact versions', (path) => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = readJson<Manifest>(path);
    const versions = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };
    const exact = /^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
    expect(Object.values(versions).filter((version) => !exact.test(version))).toEqual([]);
  });

  it('of every manifest are looked at', () => {
    expect(manifests).toEqual(expect.arrayContaining(['package.json', '.ci/node/package.json']));
    expect(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length).toBeGreaterThan(20);
  });

  it.each([
    ['package-lock.json', 100],
    ['.ci/node/package-lock.json', 1],
  ] as const)('of %s are locked by content and not by the address they came from', (path, atLeast) => {
    const entries = lockedIn(path);
    expect(entries.length).toBeGreaterThan(atLeast);
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('start with exec, so that npm passes SIGTERM on to the server', () => {
    expect(manifest.scripts['start']).toMatch(/^exec node /);
  });
});

describe('the Node', () => {
  const pinned = readJson<Manifest>('.ci/node/package.json').optionalDependencies ?? {};

  it('of the image is the one that the tests ran on, pinned', () => {
    const images = [...readText('Dockerfile').matchAll(/^FROM node:(\S+)-bookworm-slim/gm)];
    const versions = new Set([...images.map(([, version]) => version), ...Object.values(pinned)]);
    expect(images.length).toBeGreaterThan(1);
    expect([...versions]).toEqual([expect.stringMatching(/^24\.\d+\.\d+$/)]);
  });

  it('that we say is enough is enough for every package', () => {
    const wanting = locked.filter(
      ([, { optional, engines }]) => !optional && !subset(manifest.engines.node, engines?.node ?? '*'),
    );
    expect(wanting.map(([path, { engines }]) => [path, engines?.node])).toEqual([]);
    expect(subset(manifest.engines.node, '>=24')).toBe(false);
  });

  it('is the same in the pages, and the types are those of the oldest', () => {
    const lowest = manifest.engines.node.split(' || ').map((range) => minVersion(range)?.version ?? range);
    for (const page of ['README.md', 'CONTRIBUTING.md']) {
      for (const version of lowest) expect(readText(page)).toContain(version.replace(/\.0$/, ''));
    }
    expect(manifest.devDependencies?.['@types/node']).toMatch(/^20\./);
    expect(lowest[0]).toMatch(/^20\./);
  });
});

describe('scripts at the installation', () => {
  const decided = Object.entries(manifest.allowScripts);

  it('are decided upon for every package that has one, and for no other', () => {
    const scripted = locked.filter(([, entry]) => entry.hasInstallScript).map(([path]) => packageName(path));
    expect(scripted).toContain('better-sqlite3');
    expect(decided.map(([name]) => name).sort()).toEqual([...new Set(scripted)].sort());
  });

  it('are told of, with what was decided and why', () => {
    const rows = tableRows('CONTRIBUTING.md', 'Install scripts').map(([name = '', runs = '', why = '']) => ({
      name: codes(name)[0] ?? '',
      runs,
      why: why.length > 20,
    }));
    expect(rows).toEqual(decided.map(([name, runs]) => ({ name, runs: runs ? 'yes' : 'no', why: true })));
  });

  it('are none of ours, so nothing of this package runs where it is installed', () => {
    const atInstall = /^(pre|post)?install$|^(pre|post)?prepare$|^prepublish$|^dependencies$/;
    expect(Object.keys(manifest.scripts).filter((name) => atInstall.test(name))).toEqual([]);
  });
});

/** Terms that let anybody run, change and pass on the server. */
const FREE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'];

/** Other terms, package by package, none of which is part of what runs. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  // Looks for what a screen reader cannot use, in tests of the console.
  'axe-core': 'MPL-2.0',
  // Data about browsers that Babel reads inside jest. Free with attribution; it is not passed on.
  'caniuse-lite': 'CC-BY-4.0',
};

/** Of an SPDX expression: of alternatives one has to be free, of terms that hold together all. Nested ones are not read. */
function isFree(license: string): boolean {
  const [left = '', operator, ...right] = license.replace(/^\(([^()]*)\)$/, '$1').split(/ (AND|OR) /);
  if (operator === undefined) return FREE.includes(left);
  const rest = right.join(' ');
  return operator === 'AND' ? isFree(left) && isFree(rest) : isFree(left) || isFree(rest);
}

describe('the licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR WTFPL)', true],
    ['MIT AND GPL-3.0-only', false],
    ['Apache-2.0 AND MIT AND BSD-3-Clause', true],
    ['GPL-3.0-only OR AGPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only) AND (AGPL-3.0-only)', false],
    ['SEE LICENSE IN LICENSE', false],
    ['UNLICENSED', false],
    ['', false],
  ])('%s: free is %s', (license, free) => {
    expect(isFree(license)).toBe(free);
  });

  it('of all packages, those for the development too, are free or are an exception by name', () => {
    const odd = locked.filter(([path, { license = '' }]) => {
      return !isFree(license) && license !== EXCEPTIONS[packageName(path)];
    });
    expect(odd.map(([path, { license }]) => [path, license])).toEqual([]);
  });

  it('know no exception in what runs, and none that is not needed', () => {
    const entries = locked.filter(([path]) => EXCEPTIONS[packageName(path)] !== undefined);
    expect(entries.map(([path]) => packageName(path))).toEqual(Object.keys(EXCEPTIONS));
    expect(entries.filter(([, { dev, license = '' }]) => !dev || isFree(license))).toEqual([]);
  });

  it('are those that the installed packages name themselves', () => {
    const installed = locked.filter(([path]) => existsSync(join(ROOT, path, 'package.json')));
    const otherwise = installed.filter(([path, { license }]) => {
      const own = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
      return (own.license?.type ?? own.license) !== license;
    });
    expect(installed.length).toBeGreaterThan(300);
    expect(otherwise.map(([path]) => path)).toEqual([]);
  });
});
