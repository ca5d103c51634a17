import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  /** On the button, e.g. `End all`. */
  readonly label: string;
  /** For those who cannot see what it stands beside, e.g. `End all sessions of ada@example.com`. */
  readonly name?: string;
  readonly title: string;
  /** On the button that does it. */
  readonly verb: string;
  readonly look?: 'plain' | 'danger' | 'quiet';
  readonly onConfirm: () => Promise<unknown>;
  /** What will happen. */
  readonly children: ReactNode;
}

/** A button whose deed is explained before it is done. */
export function ConfirmButton({ label, name, title, verb, look = 'plain', onConfirm, children }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const confirm = async () => {
    setIsBusy(true);
    await onConfirm();
    setIsBusy(false);
    setIsOpen(false);
  };
  return (
    <>
      <Button look={look} aria-label={name} onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      {isOpen && (
        <Dialog title={title} onClose={() => setIsOpen(false)}>
          {children}
          <div className="dialog-actions">
            <Button onClick={() => setIsOpen(false)}>Cancel</Button>
            <Button look="danger" busy={isBusy} onClick={() => void confirm()}>
              {verb}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
