import { Restoring } from './account/restoring.tsx';
import { Welcome } from './account/welcome.tsx';
import { useClientState } from './connection/client-context.ts';
import { SignedIn } from './signed-in.tsx';

/** What is shown follows from the state of the session; the hash chooses among the views of it. */
export function Console() {
  const state = useClientState();
  if (state.status === 'restoring') return <Restoring isUnreachable={state.unreachable} />;
  const { user } = state;
  // Another user gets a tree of its own: nothing typed or loaded by the one before is left in it.
  return user === undefined ? <Welcome state={state} /> : <SignedIn key={user.id} user={user} />;
}
