/** What the console reads of the server's types. */
export interface UserNode {
  readonly id: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly roles: readonly ('USER' | 'ADMIN')[];
  readonly status: 'ACTIVE' | 'SUSPENDED';
  readonly createdAt: string;
}

export interface SessionNode {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly deviceName: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** One page of a list, or all pages that were loaded so far. */
export interface Page<TNode> {
  readonly nodes: readonly TNode[];
  readonly pageInfo: PageInfo;
}

/** Where a page begins. */
export interface After {
  readonly after?: string;
}
