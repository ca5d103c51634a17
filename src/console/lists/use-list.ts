import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { type Trouble, troubleOf } from '../errors/trouble.ts';
import type { After, Page } from '../operations/types.ts';

/** What a list shows, and what it can do. */
export interface Loaded<TNode> {
  /** Undefined until the first answer. */
  readonly nodes: readonly TNode[] | undefined;
  readonly trouble: Trouble | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
  /** Undefined: there is no more. */
  readonly loadMore: (() => void) | undefined;
}

/** A list that comes as a whole. */
export function useWhole<TData, TNode>(
  document: TypedDocumentNode<TData, Record<string, never>>,
  nodesOf: (data: TData) => readonly TNode[],
): Loaded<TNode> {
  const { data, error, loading, refetch } = useQuery<TData, OperationVariables>(document);
  return {
    nodes: data === undefined ? undefined : nodesOf(data as TData),
    trouble: error === undefined ? undefined : troubleOf(error),
    isLoading: loading,
    reload: () => void refetch().catch(ignore),
    loadMore: undefined,
  };
}

/** A list that comes page by page. */
export function usePages<TData, TVariables extends After, TNode>(
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
  pageOf: (data: TData) => Page<TNode>,
): Loaded<TNode> {
  const query = useQuery<TData, OperationVariables>(document, { variables });
  const [moreError, setMoreError] = useState<unknown>();
  const page = query.data === undefined ? undefined : pageOf(query.data as TData);
  const error = query.error ?? moreError;
  const more = async (after: string | null) => {
    setMoreError(undefined);
    await query.fetchMore({ variables: { after } }).catch(setMoreError);
  };
  return {
    nodes: page?.nodes,
    trouble: error === undefined ? undefined : troubleOf(error),
    isLoading: query.loading,
    reload: () => void query.refetch().catch(ignore),
    loadMore: page?.pageInfo.hasNextPage ? () => void more(page.pageInfo.endCursor) : undefined,
  };
}

/** The query tells of it as well. */
function ignore(): void {}
