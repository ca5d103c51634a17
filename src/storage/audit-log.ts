import type { AuditEventType } from '../audit/event.ts';
import type { AuditEventFilter, AuditLog, RecordedEvent } from '../audit/list-events.ts';
import { type Page, type PageRequest, pageOf } from '../paging/page.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import { after } from './keyset.ts';

/** The security log as the database keeps it. */
export class StoredAuditLog implements AuditLog {
  constructor(private readonly database: Database) {}

  /** One query a type: an index holds each type in the order of time, several at once none does. */
  async list(filter: AuditEventFilter, page: PageRequest): Promise<Page<RecordedEvent>> {
    const types = filter.types === undefined ? [undefined] : [...new Set(filter.types)];
    const found = await Promise.all(types.map((type) => this.#ofType(type, filter, page)));
    const newestFirst = found.flat().sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
    return pageOf(newestFirst.slice(0, page.first + 1), page.first, (event) => [event.at, event.id]);
  }

  #ofType(
    type: AuditEventType | undefined,
    { userId, sessionId, since }: AuditEventFilter,
    page: PageRequest,
  ): Promise<RecordedEvent[]> {
    const { reader, rows } = this.database;
    const query = reader.manager
      .createQueryBuilder(rows.auditEvents, 'event')
      .orderBy('event.at', 'DESC')
      .addOrderBy('event.id', 'DESC')
      .limit(page.first + 1);
    if (type !== undefined) query.andWhere('event.type = :type', { type });
    if (userId !== undefined) query.andWhere('event.user_id = :userId', { userId: uuidToBytes(userId) });
    if (sessionId !== undefined)
      query.andWhere('event.session_id = :sessionId', { sessionId: uuidToBytes(sessionId) });
    if (since !== undefined) query.andWhere('event.at >= :since', { since });
    after(query, 'event.at', 'event.id', page);
    return confirmed(() => query.getMany());
  }
}
