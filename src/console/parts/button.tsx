import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  readonly look?: 'main' | 'plain' | 'danger' | 'quiet';
  /** Takes no second press, and keeps the focus meanwhile. */
  readonly busy?: boolean;
}

export function Button({ look = 'plain', busy = false, onClick, type = 'button', ...rest }: Props) {
  return (
    <button
      {...rest}
      type={busy ? 'button' : type}
      className={`button ${look}`}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
    />
  );
}
