import type { PageRequest } from '../paging/page.ts';
import { type Actor, endSessions } from './end-sessions.ts';
import { checkRevokeFilter, type SessionDirectory, type SessionFilter } from './search-sessions.ts';
import type { SessionServices } from './services.ts';
import { type Session, sessionEnd } from './session.ts';

/** Sessions a transaction: short enough that nobody waits for its locks. */
const BATCH = 100;

type Services = Pick<SessionServices, 'store'> & { readonly directory: SessionDirectory };

/**
 * Ends every live session that the filter names, batch by batch; each is audited by itself and the act as a whole once.
 * What was ended stays ended: a run that was cut off is finished by running it again.
 *
 * @param dryRun count only
 * @returns how many it ended, or would end
 * @throws Refusal BAD_USER_INPUT for an empty filter
 */
export async function revokeByFilter(
  services: Services,
  filter: SessionFilter,
  dryRun: boolean,
  actor: Actor,
): Promise<number> {
  checkRevokeFilter(filter);
  const { directory, store } = services;
  // Sessions that begin while this runs are not meant. The database's own time: a clock that lags by a millisecond would
  // spare a session that has begun already.
  const startedAt = await store.transact([], async (tx) => tx.now);
  const live = { ...filter, includeEnded: false };
  if (dryRun) return directory.count(live, startedAt);
  let ended = 0;
  let page: PageRequest = { first: BATCH, after: [startedAt, LAST_ID] };
  for (;;) {
    const { items, hasNextPage } = await directory.search(live, startedAt, page);
    ended += await endBatch(
      services,
      items.map(({ item }) => item),
      actor,
    );
    const last = items.at(-1);
    if (!hasNextPage || last === undefined) break;
    page = { first: BATCH, after: last.position };
  }
  await store.transact([], (tx) =>
    tx.record([
      {
        type: 'SESSIONS_REVOKED',
        at: tx.now,
        userId: filter.userId ?? null,
        sessionId: null,
        detail: `${ended} by ${JSON.stringify(filter)}`.slice(0, 1000).toWellFormed(),
        ...actor,
      },
    ]),
  );
  return ended;
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

async function endBatch({ store }: Services, found: readonly Session[], actor: Actor): Promise<number> {
  if (found.length === 0) return 0;
  const userIds = found.map(({ userId }) => userId);
  return store.transact(userIds, async (tx) => {
    const sessions = await tx.sessions(found.map(({ id }) => id));
    const live = sessions.filter(
      (session) => sessionEnd(session, tx.user(session.userId)?.status ?? 'DELETED', tx.now) === undefined,
    );
    return (await endSessions(tx, live, 'REVOKED_BY_ADMIN', actor)).length;
  });
}
