import { useState } from 'react';
import { END_SESSIONS, type SessionFilter } from '../operations/sessions.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { count } from '../words/time.ts';
import type { Operations } from './use-operations.ts';

interface Props {
  readonly filter: SessionFilter;
  readonly operations: Operations;
  readonly onDone: () => void;
}

/** Ends whatever the filter names: counts first, by a dry run, and asks. */
export function BulkEnd({ filter, operations, onDone }: Props) {
  const [matching, setMatching] = useState<number>();
  const [isBusy, setIsBusy] = useState(false);
  const { includeEnded: _, ...conditions } = filter;
  const send = async (dryRun: boolean) => {
    setIsBusy(true);
    const data = await operations.run(END_SESSIONS, { filter: conditions, dryRun }, ({ revokeSessions }) =>
      dryRun
        ? `${count(revokeSessions.revokedCount, 'live session')} would end.`
        : `${count(revokeSessions.revokedCount, 'session')} ended.`,
    );
    setIsBusy(false);
    setMatching(dryRun ? data?.revokeSessions.revokedCount : undefined);
    if (!dryRun) onDone();
  };
  return (
    <>
      <Button look="danger" busy={isBusy} onClick={() => void send(true)}>
        End all that match …
      </Button>
      {matching !== undefined && (
        <Dialog title={`End ${count(matching, 'session')}?`} onClose={() => setMatching(undefined)}>
          {matching === 0 ? (
            <p>No live session is like this, so there is nothing to end.</p>
          ) : (
            <p>
              A dry run has counted <strong>{count(matching, 'live session')}</strong> that match the filter.
              Whoever uses them is signed out at once. Your own may be among them.
            </p>
          )}
          <div className="dialog-actions">
            <Button onClick={() => setMatching(undefined)}>Cancel</Button>
            {matching > 0 && (
              <Button look="danger" busy={isBusy} onClick={() => void send(false)}>
                End {count(matching, 'session')}
              </Button>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}
