import { ApolloProvider } from '@apollo/client/react';
import { useEffect, useMemo } from 'react';
import type { User } from '../client/index.ts';
import { PasswordDialog } from './account/password-dialog.tsx';
import { SessionWarning } from './account/session-warning.tsx';
import { useSessionEvents } from './account/use-session-events.ts';
import { createApollo } from './connection/apollo.ts';
import { useClientState, useConnection } from './connection/client-context.ts';
import { Navigation } from './navigation.tsx';
import { Notice } from './parts/notice.tsx';
import { View } from './view.tsx';

/** The console of one user, with a cache of its own. */
export function SignedIn({ user }: { readonly user: User }) {
  const { client, socket, url } = useConnection();
  const { unreachable } = useClientState();
  const apollo = useMemo(() => createApollo(client, socket, url), [client, socket, url]);
  const news = useSessionEvents(apollo);
  useEffect(() => () => apollo.stop(), [apollo]);
  return (
    <ApolloProvider client={apollo}>
      <button type="button" className="skip" onClick={skip}>
        Skip to the content
      </button>
      <div className="frame">
        <Navigation user={user} />
        <main id="main" tabIndex={-1}>
          <SessionWarning />
          {unreachable && (
            <Notice tone="bad">
              <p role="status">The server cannot be reached right now. You stay signed in.</p>
            </Notice>
          )}
          <p className="visually-hidden" role="status">
            {news}
          </p>
          <View user={user} />
        </main>
      </div>
      <PasswordDialog />
    </ApolloProvider>
  );
}

/** No link to an anchor: the hash names the view. */
function skip(): void {
  document.getElementById('main')?.focus();
}
