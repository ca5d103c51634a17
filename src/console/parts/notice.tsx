import type { ReactNode } from 'react';

interface Props {
  readonly tone: 'good' | 'bad' | 'info';
  readonly children: ReactNode;
}

export function Notice({ tone, children }: Props) {
  return <div className={`notice ${tone}`}>{children}</div>;
}
