import type { ReactNode } from 'react';
import { OutcomeLine } from '../parts/outcome.tsx';
import { Page } from '../parts/page.tsx';
import { ShownOperation } from './shown-operation.tsx';
import type { Operation, Operations } from './use-operations.ts';

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly actions?: ReactNode;
  /** What the page read, and what was done on it: both are shown as GraphQL. */
  readonly read: Operation;
  readonly operations?: Pick<Operations, 'outcome' | 'last'>;
  readonly children: ReactNode;
}

export function AdminPage({ title, lead, actions, read, operations, children }: Props) {
  return (
    <Page title={title} lead={lead} actions={actions}>
      {operations && <OutcomeLine outcome={operations.outcome} />}
      {operations?.last && (
        <ShownOperation title="The GraphQL of what you did" operation={operations.last} isOpen />
      )}
      {children}
      <ShownOperation title="The GraphQL of this page" operation={read} />
    </Page>
  );
}
