import type { Registry } from 'prom-client';
import { Tally } from './tally.ts';

/** Codes that a label may have: of WebSocket, of graphql-ws, and ours; a client may send others. */
const CODES = new Set([
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, 1013],
  ...[4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500],
]);

export function countClosings(registry: Registry): (code: number) => void {
  const closings = new Tally(
    registry,
    'portcullis_socket_closings_total',
    'Sockets that were closed, by the code of the closing; 1006: cut off.',
    ['code'],
  );
  closings.cell('4403');
  return (code) => {
    closings.cell(CODES.has(code) ? String(code) : 'other').count += 1;
  };
}
