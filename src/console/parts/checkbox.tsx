import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'input'> {
  readonly label: string;
}

export function Checkbox({ label, ...input }: Props) {
  return (
    <label className="checkbox">
      <input {...input} type="checkbox" />
      {label}
    </label>
  );
}
