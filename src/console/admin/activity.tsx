import { troubleWords } from '../errors/trouble-words.ts';
import { useWhole } from '../lists/use-list.ts';
import { ACTIVITY } from '../operations/activity.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { ActivityChart } from './activity-chart.tsx';
import { ActivityTable } from './activity-table.tsx';
import { AdminPage } from './admin-page.tsx';

const SERIES = [
  { name: 'logins', title: 'Logins' },
  { name: 'refreshes', title: 'Refreshes' },
  { name: 'revocations', title: 'Revocations' },
  { name: 'failedLogins', title: 'Failed logins' },
] as const;

/** The last day at a glance. */
export function Activity() {
  const { nodes, trouble, isLoading, reload } = useWhole(ACTIVITY, (data) => data.activity);
  return (
    <AdminPage
      title="Activity"
      lead="The last 24 hours, hour by hour."
      read={{ document: ACTIVITY, variables: {} }}
      actions={<Button onClick={reload}>Refresh</Button>}
    >
      {trouble && (
        <Notice tone="bad">
          <p role="alert">{troubleWords(trouble)}</p>
          <Button onClick={reload}>Try again</Button>
        </Notice>
      )}
      {nodes === undefined && isLoading && <p className="loading">Loading …</p>}
      {nodes && (
        <>
          <div className="charts">
            {SERIES.map(({ name, title }) => (
              <ActivityChart
                key={name}
                title={title}
                hours={nodes.map((hour) => ({ start: hour.start, amount: hour[name] }))}
              />
            ))}
          </div>
          <ActivityTable hours={nodes} series={SERIES} />
        </>
      )}
    </AdminPage>
  );
}
