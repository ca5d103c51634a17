import { useState } from 'react';
import { useClient } from '../connection/client-context.ts';
import { troubleWords } from '../errors/trouble-words.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { OutcomeLine } from '../parts/outcome.tsx';
import { Page } from '../parts/page.tsx';
import { useForm } from './use-form.ts';

const DONE = { tone: 'good', text: 'Your password is changed. All other devices are signed out.' } as const;

export function ChangePassword({ email }: { readonly email: string }) {
  const client = useClient();
  const [isDone, setIsDone] = useState(false);
  const form = useForm(['currentPassword', 'newPassword'], async (values, element) => {
    const { currentPassword = '', newPassword = '' } = values;
    setIsDone(false);
    await client.changePassword({ currentPassword, newPassword });
    element.reset();
    setIsDone(true);
  });
  const isWrong = form.trouble?.code === 'INVALID_CREDENTIALS';
  return (
    <Page title="Change password" lead="This signs you out on every other device.">
      <OutcomeLine outcome={isDone ? DONE : undefined} />
      <form className="card" onSubmit={form.onSubmit}>
        <div role="alert">
          {form.trouble && !isWrong && <Notice tone="bad">{troubleWords(form.trouble)}</Notice>}
        </div>
        <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <Field
          label="Current password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
          problem={isWrong ? 'This is not your current password.' : form.problemOf('currentPassword')}
        />
        <Field
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          required
          hint="A few unusual words in a row are easy to remember and hard to guess."
          problem={form.problemOf('newPassword')}
        />
        <Button type="submit" look="main" busy={form.isBusy}>
          Change password
        </Button>
      </form>
    </Page>
  );
}
