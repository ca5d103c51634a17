import { gql, type TypedDocumentNode } from '@apollo/client';

export interface KeyNode {
  readonly id: string;
  readonly algorithm: string;
  readonly createdAt: string;
  readonly activeFrom: string;
  readonly state: 'NEXT' | 'ACTIVE' | 'RETIRING' | 'REVOKED';
}

export const SIGNING_KEYS: TypedDocumentNode<
  { readonly signingKeys: readonly KeyNode[] },
  Record<string, never>
> = gql`
  query SigningKeys {
    signingKeys {
      id
      algorithm
      createdAt
      activeFrom
      state
    }
  }
`;

export const ROTATE_KEY: TypedDocumentNode<
  { readonly rotateSigningKey: KeyNode },
  { readonly revokePrevious: boolean }
> = gql`
  mutation RotateSigningKey($revokePrevious: Boolean!) {
    rotateSigningKey(revokePrevious: $revokePrevious) {
      id
      algorithm
      createdAt
      activeFrom
      state
    }
  }
`;
