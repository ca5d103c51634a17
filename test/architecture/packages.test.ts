import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, '../..', name), 'utf8'));
}

const manifest = readJson<Manifest>('package.json');
const lock = readJson<{ packages: Readonly<Record<string, LockedPackage>> }>('package-lock.json');
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Terms that let anybody run, change and pass on the server. */
const FREE_LICENSES =
  /^\(?(MIT|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense)\b/;

describe('the packages', () => {
  it('are pinned to exact versions', () => {
    const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    const loose = Object.entries(versions).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(Object.keys(versions).length).toBeGreaterThan(20);
    expect(loose).toEqual([]);
  });

  it('are locked by content and not by the address they came from', () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(locked.filter(([, entry]) => entry.integrity === undefined)).toEqual([]);
  });

  it('run scripts at the installation only where allowScripts lists them', () => {
    const scripted = locked.filter(([, entry]) => entry.hasInstallScript).map(([path]) => packageName(path));
    expect(scripted).toContain('better-sqlite3');
    expect(scripted.filter((name) => manifest.allowScripts[name] === undefined)).toEqual([]);
    expect(Object.keys(manifest.allowScripts).filter((name) => !scripted.includes(name))).toEqual([]);
  });

  it('that the server runs on are free to use', () => {
    const running = locked.filter(([, entry]) => !entry.dev);
    expect(
      running
        .filter(([, entry]) => !FREE_LICENSES.test(entry.license ?? ''))
        .map(([path, { license }]) => [path, license]),
    ).toEqual([]);
  });

  it('start with exec, so that npm passes SIGTERM on to the server', () => {
    expect(manifest.scripts['start']).toMatch(/^exec node /);
  });
});
