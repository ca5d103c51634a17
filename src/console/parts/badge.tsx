interface Props {
  readonly tone?: 'good' | 'bad' | 'info' | 'calm';
  readonly children: string;
}

export function Badge({ tone = 'calm', children }: Props) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
