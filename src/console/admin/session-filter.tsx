import { serverNow } from '../connection/server-clock.ts';
import type { SessionFilter } from '../operations/sessions.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/checkbox.tsx';
import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/field.tsx';

/** Hours, and the words of the choice. */
const AGES = [
  ['', 'Any time'],
  ['1', 'Over an hour ago'],
  ['24', 'Over a day ago'],
  ['168', 'Over a week ago'],
  ['720', 'Over 30 days ago'],
] as const;

interface Props {
  readonly onFilter: (filter: SessionFilter) => void;
}

/** Conditions that all hold. Whose sessions is chosen on the page of users. */
export function SessionFilterForm({ onFilter }: Props) {
  return (
    <search>
      <form
        className="filter"
        onSubmit={(event) => {
          event.preventDefault();
          onFilter(filterOf(new FormData(event.currentTarget)));
        }}
      >
        <Field label="Address" name="ipAddress" autoComplete="off" placeholder="203.0.113.7" />
        <Field label="Browser contains" name="userAgentContains" autoComplete="off" placeholder="Firefox" />
        <Choice label="Last used" name="lastSeen" options={AGES} />
        <Choice label="Signed in" name="created" options={AGES} />
        <div className="filter-actions">
          <Checkbox label="Ended ones too" name="includeEnded" />
          <Button type="submit" look="main">
            Filter
          </Button>
        </div>
      </form>
    </search>
  );
}

function filterOf(form: FormData): SessionFilter {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const conditions = {
    ipAddress: text('ipAddress'),
    userAgentContains: text('userAgentContains'),
    lastSeenBefore: hoursAgo(text('lastSeen')),
    createdBefore: hoursAgo(text('created')),
  };
  const given = Object.entries(conditions).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...(form.has('includeEnded') ? { includeEnded: true } : {}) };
}

function hoursAgo(hours: string): string {
  return hours === '' ? '' : new Date(serverNow() - Number(hours) * 3_600_000).toISOString();
}
