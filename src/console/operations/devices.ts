import { gql, type TypedDocumentNode } from '@apollo/client';
import type { SessionNode } from './types.ts';

const DEVICE = gql`
  fragment Device on Session {
    id
    current
    createdAt
    lastSeenAt
    ipAddress
    userAgent
    deviceName
    endedAt
    endReason
  }
`;

export const MY_SESSIONS: TypedDocumentNode<
  { readonly mySessions: readonly SessionNode[] },
  Record<string, never>
> = gql`
  query MySessions {
    mySessions {
      ...Device
    }
  }
  ${DEVICE}
`;

/** What happened to a session of one's own. */
export interface SessionEvent {
  readonly kind: 'BEGAN' | 'REFRESHED' | 'ENDED';
  readonly session: SessionNode;
}

export const MY_SESSION_EVENTS: TypedDocumentNode<
  { readonly mySessionEvents: SessionEvent },
  Record<string, never>
> = gql`
  subscription MySessionEvents {
    mySessionEvents {
      kind
      session {
        ...Device
      }
    }
  }
  ${DEVICE}
`;

export const END_SESSION: TypedDocumentNode<
  { readonly revokeSession: Pick<SessionNode, 'id' | 'endedAt' | 'endReason'> },
  { readonly id: string }
> = gql`
  mutation EndSession($id: ID!) {
    revokeSession(id: $id) {
      id
      endedAt
      endReason
    }
  }
`;

export const END_OTHER_SESSIONS: TypedDocumentNode<
  { readonly revokeOtherSessions: { readonly revokedCount: number } },
  Record<string, never>
> = gql`
  mutation EndOtherSessions {
    revokeOtherSessions {
      revokedCount
    }
  }
`;
