import type { RotatedKey } from '../keys/rotate-signing-key.ts';
import { isoTime } from './format-time.ts';

/** A signing key as the commands print it in JSON; the names are those of the GraphQL type. */
export function keyRecord({ key, state }: RotatedKey): object {
  const { kid, createdAt, activeFrom, expiresAt } = key;
  return {
    id: kid,
    algorithm: 'EdDSA',
    state,
    createdAt: isoTime(createdAt),
    activeFrom: isoTime(activeFrom),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
  };
}
