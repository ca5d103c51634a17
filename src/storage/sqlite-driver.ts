import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';

/** What release 13 is built for: Node 22.14 and 24 speak it, Node 20 never will. */
const NODE_API = 10;

/**
 * The release of better-sqlite3 for this Node. 13 brings its binary along, where Node speaks its Node-API; 12 is compiled
 * at the installation, and not for Node 24: compiled against the headers of 24.19 or later, it aborts the process once a
 * statement is garbage (nodejs/node issue 65446).
 */
export function sqlitePackage(): string {
  return Number(process.versions['napi']) >= NODE_API ? 'better-sqlite3-13' : 'better-sqlite3';
}

/** @throws {Error} when npm could not install it */
export function sqliteDriver(): typeof Sqlite {
  const name = sqlitePackage();
  try {
    return createRequire(import.meta.url)(name);
  } catch (cause) {
    const message = `SQLite needs the package ${name}, which is not installed; on Node 20 npm ci compiles it, with Python and a C++ compiler`;
    throw new Error(message, { cause });
  }
}
