import { useClient } from '../connection/client-context.ts';
import { troubleWords } from '../errors/trouble-words.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/checkbox.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { hrefOf } from '../routes/route.ts';
import { useForm } from './use-form.ts';

export function SignIn() {
  const client = useClient();
  const form = useForm([], async ({ email = '', password = '', remember }) => {
    await client.login({ email, password, rememberMe: remember !== undefined });
  });
  return (
    <Page title="Sign in">
      <form className="card" onSubmit={form.onSubmit}>
        <div role="alert">{form.trouble && <Notice tone="bad">{troubleWords(form.trouble)}</Notice>}</div>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <Checkbox label="Keep me signed in" name="remember" defaultChecked />
        <Button type="submit" look="main" busy={form.isBusy}>
          Sign in
        </Button>
      </form>
      <p className="aside">
        No account yet? <a href={hrefOf('/register')}>Create one</a>
      </p>
    </Page>
  );
}
