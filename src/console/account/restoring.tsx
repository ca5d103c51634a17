import { useClient } from '../connection/client-context.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { OutcomeLine, useOutcome } from '../parts/outcome.tsx';
import { Page } from '../parts/page.tsx';

/** Until it is known whether somebody is signed in. */
export function Restoring({ isUnreachable }: { readonly isUnreachable: boolean }) {
  const client = useClient();
  const { outcome, attempt } = useOutcome();
  const again = () =>
    attempt(async () => {
      await client.extend();
      return '';
    });
  return (
    <main className="welcome">
      <Page title="Portcullis">
        {isUnreachable ? (
          <Notice tone="bad">
            <p role="alert">The server cannot be reached right now. You are not signed out by that.</p>
            <Button onClick={() => void again()}>Try again</Button>
          </Notice>
        ) : (
          <p className="loading" role="status">
            Looking whether you are signed in …
          </p>
        )}
        <OutcomeLine outcome={outcome?.tone === 'bad' ? outcome : undefined} />
      </Page>
    </main>
  );
}
