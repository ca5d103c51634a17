import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { v7 as uuidv7 } from 'uuid';
import { Denylist } from '../../src/revocation/denylist.ts';
import { EFFECTIVE_FOR } from '../../src/revocation/revocation.ts';
import { VerifiedTokens } from '../../src/tokens/verified-tokens.ts';
import { RawSocket } from '../../test/support/sockets.ts';
import type { Bench, Section } from '../bench.ts';
import { Connection } from '../load/connection.ts';
import { httpRequest } from '../load/wire.ts';
import { createAccount, signInEach, startPortcullis } from '../portcullis.ts';
import type { Program } from '../program.ts';
import { median } from '../statistics.ts';

const CONNECTIONS = 500;
/** As many sockets of one session, and sessions of one account, as the limits of sockets allow. */
const SOCKETS_A_SESSION = 25;
const SESSIONS_AN_ACCOUNT = 4;
const MEGABYTE = 2 ** 20;

/** Start-up time and memory. */
export async function memory(bench: Bench): Promise<Section> {
  const entries = bench.effort.quick ? 2_000 : 50_000;
  const starts = bench.effort.quick ? 1 : 5;
  return {
    title: 'Start and memory',
    about: `The time is from the start of the process to the banner, on a database that is migrated already. Physical memory of the process, as Linux counts it; what a connection takes is the mean of ${CONNECTIONS} that have sent one request each, and a socket that of as many with one subscription each. Entries in memory are counted on the heap after a collection, ${entries} of each kind.`,
    columns: ['', 'measured'],
    rows: [
      ...(await processRows(bench, 'SQLite', await bench.databases.sqlite(), starts)),
      ...(await processRows(bench, 'MySQL', await bench.databases.mysql(), starts)),
      ['a session on the denylist', `${heapPerEntry(entries, denylist)} B`],
      ['a verified token that is remembered', `${heapPerEntry(entries, verifiedTokens)} B`],
    ],
  };
}

async function processRows(
  bench: Bench,
  kind: string,
  database: { url: string },
  starts: number,
): Promise<string[][]> {
  await (await startPortcullis(database)).stop();
  const times: number[] = [];
  while (times.length < starts - 1) {
    const program = await startPortcullis(database);
    times.push(program.startedIn);
    await program.stop();
  }
  const program = await startPortcullis(database);
  bench.say(`started on ${kind} in ${program.startedIn.toFixed(0)} ms`);
  try {
    const idle = program.residentMemory() ?? Number.NaN;
    const each = await memoryPerConnection(program, idle);
    const socket = await memoryPerSocket(program);
    return [
      [`start on ${kind}`, `${median([...times, program.startedIn]).toFixed(0)} ms`],
      [`idle on ${kind}`, `${(idle / MEGABYTE).toFixed(0)} MiB`],
      [`a connection (${kind})`, `${(each / 1024).toFixed(1)} KiB`],
      [`a socket with a subscription (${kind})`, `${(socket / 1024).toFixed(1)} KiB`],
    ];
  } finally {
    await program.stop();
  }
}

async function memoryPerConnection(program: Program, idle: number): Promise<number> {
  const open = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(program.url)));
  for (const connection of open) await connection.send(httpRequest('GET', '/livez'));
  const used = (program.residentMemory() ?? Number.NaN) - idle;
  for (const connection of open) connection.close();
  return used / CONNECTIONS;
}

/** Of sockets that nothing happens on. What the connections of the test before have left is used by the first of them. */
async function memoryPerSocket(program: Program): Promise<number> {
  const sessions = CONNECTIONS / SOCKETS_A_SESSION;
  const accounts = await Promise.all(
    Array.from({ length: sessions / SESSIONS_AN_ACCOUNT }, () => createAccount(program.url)),
  );
  const tokens = await signInEach(program.url, accounts, sessions);
  const open: RawSocket[] = [];
  const before = program.residentMemory() ?? Number.NaN;
  for (const { accessToken } of tokens) {
    const each = Array.from({ length: SOCKETS_A_SESSION }, () =>
      RawSocket.subscribed(program.url, accessToken),
    );
    open.push(...(await Promise.all(each)));
  }
  const used = (program.residentMemory() ?? Number.NaN) - before;
  if (open.some(({ isClosed }) => isClosed)) throw new Error('A socket was refused.');
  for (const socket of open) socket.drop();
  return used / CONNECTIONS;
}

/** @param fill makes something that holds so many entries */
function heapPerEntry(entries: number, fill: (entries: number) => unknown): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What is made once, such as compiled code, is not an entry's.
  fill(10);
  collect();
  const before = process.memoryUsage().heapUsed;
  const filled = fill(entries);
  collect();
  const used = process.memoryUsage().heapUsed - before;
  return filled === undefined ? Number.NaN : Math.round(used / entries);
}

function denylist(entries: number): Denylist {
  const list = new Denylist();
  for (let entry = 1; entry <= entries; entry++) {
    const revocation = { kind: 'SESSION', sessionId: uuidv7(), reason: 'LOGOUT' } as const;
    list.enter([{ ...revocation, createdAt: 0, effectiveUntil: EFFECTIVE_FOR }]);
  }
  return list;
}

function verifiedTokens(entries: number): VerifiedTokens {
  const tokens = new VerifiedTokens();
  for (let index = 0; index < entries; index++)
    tokens.add(randomBytes(400).toString('base64url'), verified());
  return tokens;
}

/** Parsed, as claims are, so that no entry shares its texts with another. */
function verified() {
  const claims = {
    subject: uuidv7(),
    sessionId: uuidv7(),
    tokenVersion: 1,
    authTime: 1_750_000_000,
    roles: ['USER'],
    issuedAt: 1_750_000_000,
    expiresAt: 1_750_000_300,
    tokenId: uuidv7(),
  };
  return { kid: 'the key', claims: JSON.parse(JSON.stringify(claims)) as typeof claims };
}
