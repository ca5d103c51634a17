import type { ClientState } from '../../client/index.ts';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { useRoute } from '../routes/route.ts';
import { EndedNotice } from './ended-notice.tsx';
import { Register } from './register.tsx';
import { SignIn } from './sign-in.tsx';

/** For those who are not signed in. The hash stays, so that signing in leads to where one was. */
export function Welcome({ state }: { readonly state: ClientState }) {
  const { path } = useRoute();
  return (
    <main className="welcome">
      <p className="brand">
        <Icon shape="gate" />
        Portcullis
      </p>
      {state.endReason && <EndedNotice reason={state.endReason} at={state.endedAt} />}
      {state.unreachable && (
        <Notice tone="bad">
          <p role="status">The server cannot be reached right now.</p>
        </Notice>
      )}
      {path === '/register' ? <Register /> : <SignIn />}
    </main>
  );
}
