import type { Page, PageRequest } from '../paging/page.ts';
import type { AuditEvent, AuditEventType } from './event.ts';

export interface AuditEventFilter {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly types?: readonly AuditEventType[] | undefined;
  /** Milliseconds. */
  readonly since?: number | undefined;
}

export type RecordedEvent = AuditEvent & { readonly id: string };

/** The security log, newest first. */
export interface AuditLog {
  list(filter: AuditEventFilter, page: PageRequest): Promise<Page<RecordedEvent>>;
}
