import { useState } from 'react';
import { Button } from './button.tsx';

interface Props {
  /** E.g. `variables`. */
  readonly what: string;
  readonly text: string;
}

export function CopyButton({ what, text }: Props) {
  const [copied, setCopied] = useState<string>();
  const [isRefused, setIsRefused] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
      setIsRefused(false);
    } catch {
      setIsRefused(true);
    }
  };
  return (
    <>
      <span role="status" className="visually-hidden">
        {copied === text && `Copied the ${what}`}
      </span>
      <Button look="quiet" aria-label={`Copy the ${what}`} onClick={() => void copy()}>
        {isRefused ? 'Select it to copy' : copied === text ? 'Copied' : 'Copy'}
      </Button>
    </>
  );
}
