import { gql, type TypedDocumentNode } from '@apollo/client';
import type { After, Page } from './types.ts';

export interface LogFilter {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly types?: readonly string[];
  readonly since?: string;
}

export interface LogEvent {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly actorId: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly detail: string | null;
}

export const SECURITY_LOG: TypedDocumentNode<
  { readonly auditEvents: Page<LogEvent> },
  After & { readonly filter?: LogFilter }
> = gql`
  query SecurityLog($filter: AuditEventFilter, $after: String) {
    auditEvents(filter: $filter, first: 50, after: $after) {
      nodes {
        id
        at
        type
        actorId
        userId
        sessionId
        ipAddress
        userAgent
        detail
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
