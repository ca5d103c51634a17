import { gql, type TypedDocumentNode } from '@apollo/client';

export interface ActivityHour {
  readonly start: string;
  readonly logins: number;
  readonly refreshes: number;
  readonly revocations: number;
  readonly failedLogins: number;
}

export const ACTIVITY: TypedDocumentNode<
  { readonly activity: readonly ActivityHour[] },
  Record<string, never>
> = gql`
  query Activity {
    activity(hours: 24) {
      start
      logins
      refreshes
      revocations
      failedLogins
    }
  }
`;
