import { serverNow } from '../connection/server-clock.ts';
import type { LogFilter } from '../operations/security-log.ts';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/field.tsx';
import { LOG_EVENTS } from '../words/log-events.ts';

const TYPES = [['', 'Everything'], ...Object.entries(LOG_EVENTS)] as const;

/** Hours, and the words of the choice. */
const SPANS = [
  ['', 'Any time'],
  ['1', 'The last hour'],
  ['24', 'The last day'],
  ['168', 'The last week'],
] as const;

interface Props {
  readonly onFilter: (filter: LogFilter) => void;
}

export function LogFilterForm({ onFilter }: Props) {
  return (
    <search>
      <form
        className="filter"
        onSubmit={(event) => {
          event.preventDefault();
          onFilter(filterOf(new FormData(event.currentTarget)));
        }}
      >
        <Choice label="What" name="type" options={TYPES} />
        <Choice label="When" name="hours" options={SPANS} />
        <Field label="Session" name="sessionId" autoComplete="off" placeholder="Id of a session" />
        <div className="filter-actions">
          <Button type="submit" look="main">
            Filter
          </Button>
        </div>
      </form>
    </search>
  );
}

function filterOf(form: FormData): LogFilter {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const [type, hours, sessionId] = [text('type'), text('hours'), text('sessionId')];
  return {
    ...(type && { types: [type] }),
    ...(hours && { since: new Date(serverNow() - Number(hours) * 3_600_000).toISOString() }),
    ...(sessionId && { sessionId }),
  };
}
