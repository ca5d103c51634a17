import { useApolloClient } from '@apollo/client/react';
import { List } from '../lists/list.tsx';
import { useWhole } from '../lists/use-list.ts';
import { END_OTHER_SESSIONS, END_SESSION, MY_SESSIONS } from '../operations/devices.ts';
import type { SessionNode } from '../operations/types.ts';
import { Button } from '../parts/button.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { OutcomeLine, useOutcome } from '../parts/outcome.tsx';
import { Page } from '../parts/page.tsx';
import { count } from '../words/time.ts';
import { SessionFacts, sessionName } from './session-facts.tsx';

/** Where one is signed in, and how to end any of it. */
export function Devices() {
  const apollo = useApolloClient();
  const { outcome, attempt } = useOutcome();
  const whole = useWhole(MY_SESSIONS, (data) => data.mySessions);
  const list = { ...whole, nodes: whole.nodes?.filter(({ endedAt }) => endedAt === null) };
  const others = list.nodes?.filter(({ current }) => !current) ?? [];

  const end = (session: SessionNode) =>
    attempt(async () => {
      await apollo.mutate({ mutation: END_SESSION, variables: { id: session.id } });
      return `${sessionName(session)}: signed out.`;
    });
  const endOthers = () =>
    attempt(async () => {
      const { data } = await apollo.mutate({ mutation: END_OTHER_SESSIONS });
      whole.reload();
      return `Signed out on ${count(data?.revokeOtherSessions.revokedCount ?? 0, 'other device')}.`;
    });

  return (
    <Page
      title="My devices"
      lead="Where you are signed in. End what you do not recognise, then change your password."
      actions={
        <>
          <Button onClick={list.reload}>Refresh</Button>
          {others.length > 0 && (
            <ConfirmButton
              label="End all others"
              title="End all other sessions?"
              verb="End them"
              look="danger"
              onConfirm={endOthers}
            >
              <p>You will be signed out on every device but this one, at once.</p>
            </ConfirmButton>
          )}
        </>
      }
    >
      <OutcomeLine outcome={outcome} />
      <List
        list={list}
        label="My devices"
        empty="There is no session."
        row={(session) => (
          <div className="row">
            <SessionFacts session={session} />
            {!session.current && (
              <div className="row-actions">
                <Button aria-label={`End ${sessionName(session)}`} onClick={() => void end(session)}>
                  End
                </Button>
              </div>
            )}
          </div>
        )}
      />
    </Page>
  );
}
