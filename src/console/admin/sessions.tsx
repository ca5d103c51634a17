import { useMemo, useState } from 'react';
import { SessionFacts, sessionName } from '../account/session-facts.tsx';
import { List } from '../lists/list.tsx';
import { usePages } from '../lists/use-list.ts';
import { END_SESSION } from '../operations/devices.ts';
import { SESSIONS, type SessionFilter, type SessionOfUser } from '../operations/sessions.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { AdminPage } from './admin-page.tsx';
import { BulkEnd } from './bulk-end.tsx';
import { OnlyUser } from './only-user.tsx';
import { SessionFilterForm } from './session-filter.tsx';
import { useOperations } from './use-operations.ts';

/** @param userId whose sessions only */
export function Sessions({ userId }: { readonly userId: string | null }) {
  const [conditions, setConditions] = useState<SessionFilter>({});
  const filter = useMemo(() => ({ ...conditions, ...(userId && { userId }) }), [conditions, userId]);
  const variables = { filter };
  const list = usePages(SESSIONS, variables, (data) => data.sessions);
  const operations = useOperations();
  const end = async (session: SessionOfUser) => {
    await operations.run(
      END_SESSION,
      { id: session.id },
      () => `A session of ${session.user.email} has ended.`,
    );
    // Whoever ended the own one learns it now, not at some later action.
    if (session.current) list.reload();
  };
  return (
    <AdminPage
      title="Sessions"
      lead="Who is signed in, where, and since when. The newest first."
      read={{ document: SESSIONS, variables }}
      operations={operations}
      actions={<BulkEnd filter={filter} operations={operations} onDone={list.reload} />}
    >
      {userId && <OnlyUser userId={userId} path="/admin/sessions" />}
      <SessionFilterForm onFilter={setConditions} />
      <List
        list={list}
        label="Sessions"
        empty="No session is like this."
        row={(session) => (
          <div className="row">
            <SessionFacts session={session} owner={session.user.email} />
            {session.endedAt === null && (
              <div className="row-actions">
                <ConfirmButton
                  label="End"
                  name={`End the session of ${session.user.email}: ${sessionName(session)}`}
                  title="End this session?"
                  verb="End it"
                  onConfirm={() => end(session)}
                >
                  <p>
                    <strong>{session.user.email}</strong> is signed out there at once: {sessionName(session)}.
                    {session.current && ' This is the session that you are using now.'}
                  </p>
                </ConfirmButton>
              </div>
            )}
          </div>
        )}
      />
    </AdminPage>
  );
}
