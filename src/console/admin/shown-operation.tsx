import { print } from 'graphql';
import { CopyButton } from '../parts/copy-button.tsx';
import type { Operation } from './use-operations.ts';

interface Props {
  readonly operation: Operation;
  /** E.g. `The GraphQL of this action`. */
  readonly title: string;
  readonly isOpen?: boolean;
}

/** An operation as it can be put into GraphiQL or a program. */
export function ShownOperation({ operation, title, isOpen = false }: Props) {
  const document = print(operation.document);
  const variables = JSON.stringify(operation.variables, null, 2);
  return (
    <details className="shown" open={isOpen}>
      <summary>{title}</summary>
      <Code title="Operation" text={document} />
      <Code title="Variables" text={variables} />
    </details>
  );
}

function Code({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className="code">
      <div className="code-head">
        <span>{title}</span>
        <CopyButton what={title.toLowerCase()} text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1). */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}
