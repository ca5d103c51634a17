import { gql, type TypedDocumentNode } from '@apollo/client';
import type { After, Page, UserNode } from './types.ts';

export const USERS: TypedDocumentNode<
  { readonly users: Page<UserNode> },
  After & { readonly search?: string; readonly first?: number }
> = gql`
  query Users($search: String, $first: Int = 25, $after: String) {
    users(search: $search, first: $first, after: $after) {
      nodes {
        id
        email
        displayName
        roles
        status
        createdAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const USER: TypedDocumentNode<
  { readonly user: Pick<UserNode, 'id' | 'email'> | null },
  { readonly id: string }
> = gql`
  query User($id: ID!) {
    user(id: $id) {
      id
      email
    }
  }
`;

export const SET_STATUS: TypedDocumentNode<
  { readonly setUserStatus: Pick<UserNode, 'id' | 'email' | 'status'> },
  { readonly userId: string; readonly status: UserNode['status']; readonly reason?: string }
> = gql`
  mutation SetUserStatus($userId: ID!, $status: UserStatus!, $reason: String) {
    setUserStatus(userId: $userId, status: $status, reason: $reason) {
      id
      email
      status
    }
  }
`;

export const SET_ROLES: TypedDocumentNode<
  { readonly setUserRoles: Pick<UserNode, 'id' | 'email' | 'roles'> },
  { readonly userId: string; readonly roles: UserNode['roles'] }
> = gql`
  mutation SetUserRoles($userId: ID!, $roles: [Role!]!) {
    setUserRoles(userId: $userId, roles: $roles) {
      id
      email
      roles
    }
  }
`;

export const END_ALL_OF_USER: TypedDocumentNode<
  { readonly revokeAllForUser: { readonly revokedCount: number } },
  { readonly userId: string }
> = gql`
  mutation EndAllOfUser($userId: ID!) {
    revokeAllForUser(userId: $userId) {
      revokedCount
    }
  }
`;
