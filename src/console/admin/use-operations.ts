import type { DocumentNode, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { type Outcomes, useOutcome } from '../parts/outcome.tsx';

/** What was sent, to be shown. */
export interface Operation {
  readonly document: DocumentNode;
  readonly variables: OperationVariables;
}

export interface Operations extends Pick<Outcomes, 'outcome'> {
  /** The last that ran. */
  readonly last: Operation | undefined;
  /** Runs a mutation, shows it, and says what came of it; its data, if it was done. */
  readonly run: <TData, TVariables extends OperationVariables>(
    mutation: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    words: (data: TData) => string,
  ) => Promise<TData | undefined>;
}

/** The actions of one admin page. */
export function useOperations(): Operations {
  const apollo = useApolloClient();
  const { outcome, attempt } = useOutcome();
  const [last, setLast] = useState<Operation>();
  const run = async <TData, TVariables extends OperationVariables>(
    mutation: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    words: (data: TData) => string,
  ) => {
    setLast({ document: mutation, variables });
    let done: TData | undefined;
    await attempt(async () => {
      const { data } = await apollo.mutate<unknown, OperationVariables>({ mutation, variables });
      done = data as TData;
      return words(done);
    });
    return done;
  };
  return { outcome, last, run };
}
