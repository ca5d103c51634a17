import { type BigIntStatsFs, existsSync, type Stats, statSync } from 'node:fs';
import { secretPath } from '../../settings/secret-file.ts';
import { type Finding, orOk, problem, warning } from './finding.ts';

/** What `statfs` says of the file system of SQLite's file. */
export type FileSystem = Pick<BigIntStatsFs, 'type' | 'bavail' | 'bsize'>;

/** Where locks and shared memory, which WAL needs, are not to be relied upon; numbers as in statfs(2). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<bigint, string> = new Map([
  [0x6969n, 'NFS'],
  [0x517bn, 'SMB'],
  [0xfe534d42n, 'SMB'],
  [0xff534d42n, 'CIFS'],
  [0x01021997n, '9p'],
  [0x5346414fn, 'AFS'],
  [0x00c36400n, 'Ceph'],
  [0x786f4256n, 'a shared folder of VirtualBox'],
]);

const MEBIBYTE = 1_048_576n;
const SCARCE = 1_024n * MEBIBYTE;
const NEARLY_FULL = 64n * MEBIBYTE;

/** Whether anybody but their owner can read the files that hold secrets; Windows has no such modes. */
export function checkFileModes(databasePath: string): readonly Finding[] {
  if (process.platform === 'win32') return [];
  const files = [databasePath, `${databasePath}-wal`, `${databasePath}-shm`, secretPath(databasePath)];
  const findings = files
    .filter((path) => existsSync(path))
    .flatMap((path) => openToOthers(path, statSync(path)));
  return orOk(findings, 'files', `${databasePath} and what lies beside it are for their owner alone.`);
}

function openToOthers(path: string, { mode }: Stats): Finding[] {
  if ((mode & 0o077) === 0) return [];
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return [problem('files', `${path} is open to other users: its mode is ${shown}.`, `chmod 600 '${path}'`)];
}

export function checkFileSystem({ type, bavail, bsize }: FileSystem): readonly Finding[] {
  const free = bavail * bsize;
  const findings = [...onNetwork(type), ...(free < SCARCE ? [scarce(free)] : [])];
  return orOk(findings, 'disk', `${free / MEBIBYTE} MiB are free.`);
}

function onNetwork(type: bigint): Finding[] {
  // The number is signed on some machines.
  const name = NETWORK_FILE_SYSTEMS.get(BigInt.asUintN(32, type));
  if (name === undefined) return [];
  const what = `the SQLite file is on ${name}, where its locks do not hold: it can be damaged.`;
  return [problem('disk', what, 'Keep it on a local disk, or use MySQL or MariaDB.')];
}

function scarce(free: bigint): Finding {
  const tell = free < NEARLY_FULL ? problem : warning;
  const what = `${free / MEBIBYTE} MiB are free: on a full disk every change is refused as UNAVAILABLE.`;
  return tell('disk', what, 'Make room, or move the database.');
}
