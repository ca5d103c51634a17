import { type Finding, ok, warning } from './finding.ts';

/** Milliseconds. */
const TOLERABLE = 1_000;

/** A `Date` header has whole seconds. */
const TOLERABLE_HEADER = 2_000;

const SYNCHRONISE = 'Let both machines follow a time server (NTP).';

/** @param offset milliseconds by which the database's clock is ahead of this machine's */
export function checkClock(offset: number): Finding {
  if (Math.abs(offset) <= TOLERABLE)
    return ok('clock', `differs from the database's by ${Math.abs(offset)} ms.`);
  const what = `is ${seconds(offset)} the database's. The server corrects it: tokens and deadlines follow the database. Its log does not, and services that verify tokens have clocks of their own.`;
  return warning('clock', what, SYNCHRONISE);
}

/** @param offset milliseconds by which the server's clock is ahead of this machine's */
export function checkServerClock(offset: number): Finding {
  if (Math.abs(offset) <= TOLERABLE_HEADER) return ok('server clock', "agrees with this machine's.");
  return warning('server clock', `this machine is ${seconds(offset)} the server.`, SYNCHRONISE);
}

function seconds(offset: number): string {
  return `${Math.round(Math.abs(offset) / 1000)} s ${offset > 0 ? 'behind' : 'ahead of'}`;
}
