import { useRef } from 'react';
import type { UserNode } from '../operations/types.ts';
import { SET_STATUS } from '../operations/users.ts';
import { Button } from '../parts/button.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { Field } from '../parts/field.tsx';
import type { Operations } from './use-operations.ts';

interface Props {
  readonly user: UserNode;
  readonly operations: Operations;
}

export function UserStatus({ user, operations }: Props) {
  const { id: userId, email } = user;
  const reason = useRef<HTMLInputElement>(null);
  if (user.status === 'SUSPENDED') {
    const activate = () =>
      operations.run(SET_STATUS, { userId, status: 'ACTIVE' }, () => `${email} can sign in again.`);
    return (
      <Button aria-label={`Activate ${email}`} onClick={() => void activate()}>
        Activate
      </Button>
    );
  }
  const suspend = () => {
    const words = reason.current?.value.trim() ?? '';
    const variables = { userId, status: 'SUSPENDED', ...(words === '' ? {} : { reason: words }) } as const;
    return operations.run(SET_STATUS, variables, () => `${email} is suspended and signed out everywhere.`);
  };
  return (
    <ConfirmButton
      label="Suspend"
      name={`Suspend ${email}`}
      title="Suspend this user?"
      verb="Suspend"
      look="danger"
      onConfirm={suspend}
    >
      <p>
        <strong>{email}</strong> is signed out everywhere, at once, and cannot sign in until you activate the
        account again.
      </p>
      <Field ref={reason} label="Reason (optional)" hint="It stands in the security log." />
    </ConfirmButton>
  );
}
