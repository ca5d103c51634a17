import { type ComponentProps, useId } from 'react';

interface Props extends Omit<ComponentProps<'select'>, 'id'> {
  readonly label: string;
  /** In order: value and words. */
  readonly options: readonly (readonly [value: string, words: string])[];
}

export function Choice({ label, options, ...select }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
