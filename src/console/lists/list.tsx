import type { ReactNode } from 'react';
import { troubleWords } from '../errors/trouble-words.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { count } from '../words/time.ts';
import type { Loaded } from './use-list.ts';

interface Props<TNode> {
  readonly list: Loaded<TNode>;
  /** Of the whole list, for a screen reader. */
  readonly label: string;
  /** In place of rows. */
  readonly empty: string;
  readonly row: (node: TNode) => ReactNode;
}

/** Rows, or why there are none: being loaded, failed, empty. */
export function List<TNode extends { readonly id: string }>({ list, label, empty, row }: Props<TNode>) {
  const { nodes, trouble, isLoading } = list;
  return (
    <section aria-label={label} aria-busy={isLoading}>
      {trouble && (
        <Notice tone="bad">
          <p role="alert">{troubleWords(trouble)}</p>
          <Button onClick={list.reload}>Try again</Button>
        </Notice>
      )}
      {nodes === undefined && isLoading && <p className="loading">Loading …</p>}
      {nodes?.length === 0 && <p className="empty">{empty}</p>}
      {nodes !== undefined && nodes.length > 0 && (
        <ul className="rows">
          {nodes.map((node) => (
            <li key={node.id}>{row(node)}</li>
          ))}
        </ul>
      )}
      <p className="visually-hidden" role="status">
        {nodes === undefined || isLoading ? '' : `${count(nodes.length, 'entry', 'entries')} shown`}
      </p>
      {list.loadMore && (
        <div className="more">
          <Button busy={isLoading} onClick={list.loadMore}>
            Load more
          </Button>
        </div>
      )}
    </section>
  );
}
