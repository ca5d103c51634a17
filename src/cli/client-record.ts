import type { Client } from '../oauth/client.ts';
import { isoTime } from './format-time.ts';

/** A client as the commands print it in JSON. */
export function clientRecord({ id, name, createdAt, lastUsedAt, revokedAt }: Client): object {
  return {
    clientId: id,
    name,
    createdAt: isoTime(createdAt),
    lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt),
    revokedAt: revokedAt === null ? null : isoTime(revokedAt),
  };
}
