import { gql, type TypedDocumentNode } from '@apollo/client';
import type { After, Page, SessionNode, UserNode } from './types.ts';

export interface SessionFilter {
  readonly userId?: string;
  readonly ipAddress?: string;
  readonly userAgentContains?: string;
  readonly createdBefore?: string;
  readonly lastSeenBefore?: string;
  readonly includeEnded?: boolean;
}

export type SessionOfUser = SessionNode & { readonly user: Pick<UserNode, 'id' | 'email'> };

export const SESSIONS: TypedDocumentNode<
  { readonly sessions: Page<SessionOfUser> },
  After & { readonly filter?: SessionFilter }
> = gql`
  query Sessions($filter: SessionFilter, $after: String) {
    sessions(filter: $filter, first: 25, after: $after) {
      nodes {
        id
        current
        createdAt
        lastSeenAt
        ipAddress
        userAgent
        deviceName
        endedAt
        endReason
        user {
          id
          email
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const END_SESSIONS: TypedDocumentNode<
  { readonly revokeSessions: { readonly revokedCount: number } },
  { readonly filter: SessionFilter; readonly dryRun: boolean }
> = gql`
  mutation EndSessions($filter: SessionFilter!, $dryRun: Boolean!) {
    revokeSessions(filter: $filter, dryRun: $dryRun) {
      revokedCount
    }
  }
`;
