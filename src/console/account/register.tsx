import { useClient } from '../connection/client-context.ts';
import type { Trouble } from '../errors/trouble.ts';
import { troubleWords } from '../errors/trouble-words.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { hrefOf } from '../routes/route.ts';
import { useForm } from './use-form.ts';

export function Register() {
  const client = useClient();
  const form = useForm(['email', 'password', 'displayName'], async (values) => {
    const { email = '', password = '', displayName = '' } = values;
    await client.register({ email, password, ...(displayName === '' ? {} : { displayName }) });
    window.location.hash = hrefOf('/');
  });
  return (
    <Page title="Create an account">
      <form className="card" onSubmit={form.onSubmit}>
        <div role="alert">{form.trouble && <Notice tone="bad">{refusalWords(form.trouble)}</Notice>}</div>
        <Field
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          problem={form.problemOf('email')}
        />
        <Field
          label="Name (optional)"
          name="displayName"
          autoComplete="name"
          problem={form.problemOf('displayName')}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          hint="A few unusual words in a row are easy to remember and hard to guess."
          problem={form.problemOf('password')}
        />
        <Button type="submit" look="main" busy={form.isBusy}>
          Create account
        </Button>
      </form>
      <p className="aside">
        You have an account? <a href={hrefOf('/')}>Sign in</a>
      </p>
    </Page>
  );
}

function refusalWords(trouble: Trouble): string {
  if (trouble.code !== 'FORBIDDEN') return troubleWords(trouble);
  return 'Registration is closed on this server. Ask an administrator for an account.';
}
