import type { ActivityHour } from '../operations/activity.ts';
import { clockWords } from '../words/time.ts';

interface Props {
  readonly hours: readonly ActivityHour[];
  readonly series: readonly { readonly name: Exclude<keyof ActivityHour, 'start'>; readonly title: string }[];
}

/** The charts in numbers, the newest hour first. */
export function ActivityTable({ hours, series }: Props) {
  return (
    <details className="shown">
      <summary>The same as a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map(({ name, title }) => (
              <th key={name} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...hours].reverse().map((hour) => (
            <tr key={hour.start}>
              <th scope="row">
                <time dateTime={hour.start}>{clockWords(hour.start)}</time>
              </th>
              {series.map(({ name }) => (
                <td key={name}>{hour[name].toLocaleString('en')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
