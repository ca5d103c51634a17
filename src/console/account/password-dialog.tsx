import { useSyncExternalStore } from 'react';
import { useConnection } from '../connection/client-context.ts';
import type { PendingChallenge } from '../connection/password-prompt.ts';
import { troubleOf } from '../errors/trouble.ts';
import { troubleWords } from '../errors/trouble-words.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { count } from '../words/time.ts';
import { useForm } from './use-form.ts';

/** Asks for the password when the client wants it proven again. */
export function PasswordDialog() {
  const { prompt } = useConnection();
  const pending = useSyncExternalStore(prompt.subscribe, prompt.pending);
  return pending && <Question pending={pending} />;
}

function Question({ pending }: { readonly pending: PendingChallenge }) {
  const form = useForm([], async ({ password = '' }) => pending.answer(password));
  return (
    <Dialog title="Your password, please" onClose={() => pending.answer(undefined)}>
      <p>
        This can do harm, so the server wants to know that it is still you. It asks again after{' '}
        {count(Math.round(pending.maxAge / 60), 'minute')}.
      </p>
      <form onSubmit={form.onSubmit}>
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          problem={problemWords(pending.error)}
        />
        <div className="dialog-actions">
          <Button onClick={() => pending.answer(undefined)}>Cancel</Button>
          <Button type="submit" look="main">
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function problemWords(error: PendingChallenge['error']): string | undefined {
  if (error === undefined) return undefined;
  const trouble = troubleOf(error);
  return trouble.code === 'INVALID_CREDENTIALS' ? 'This is not your password.' : troubleWords(trouble);
}
