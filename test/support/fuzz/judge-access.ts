import type { Cast } from './cast.ts';
import type { JsonBody } from './judge-answer.ts';
import { type FuzzRequest, headerValues } from './request.ts';
import { ADMIN_FIELDS, PUBLIC_FIELDS, type RootField } from './root-fields.ts';

/** RFC 6750 §2.1, with the white space around a header's value that is not a part of it. */
const BEARER = /^[ \t]*Bearer +(\S+)[ \t]*$/i;

/**
 * Default deny: a field that is not public ran only for the holder of a live access token, the one that came, byte by
 * byte; a field for admins only if it is an admin's; and `me` is that holder.
 */
export function judgeAccess(
  cast: Cast,
  request: FuzzRequest,
  body: JsonBody | undefined,
  ran: readonly RootField[],
): void {
  const guarded = ran.filter(({ name }) => !PUBLIC_FIELDS.has(name) && !name.startsWith('__'));
  if (guarded.length === 0) return;
  const came = headerValues(request, 'authorization');
  const holder = cast.holderOf(BEARER.exec(came[0] ?? '')?.[1] ?? '');
  const forAdmins = guarded.some(({ name }) => ADMIN_FIELDS.has(name));
  const allowed = came.length === 1 && holder !== undefined && (holder.admin || !forAdmins);
  const foreign = guarded.some(
    ({ key, name }) => name === 'me' && isForeign(body?.data?.[key], holder?.userId),
  );
  if (allowed && !foreign) return;
  const names = guarded.map(({ name }) => name).join(', ');
  throw new Error(`${names} ran for ${JSON.stringify(came)}: ${JSON.stringify(body).slice(0, 500)}`);
}

/** Whether this is a user of another id; what is called `id` may be another field by an alias. */
function isForeign(me: unknown, userId: string | undefined): boolean {
  const id = typeof me === 'object' && me !== null && 'id' in me ? String(me.id) : '';
  return /^[\da-f]{8}-[\da-f-]{27}$/.test(id) && id !== userId;
}
