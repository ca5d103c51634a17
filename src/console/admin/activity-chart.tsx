import { clockWords } from '../words/time.ts';

interface Props {
  readonly title: string;
  /** From the oldest. */
  readonly hours: readonly { readonly start: string; readonly amount: number }[];
}

const WIDTH = 240;
const HEIGHT = 64;

/** One series as bars, each chart in a scale of its own. The table beside it says the same in numbers. */
export function ActivityChart({ title, hours }: Props) {
  const total = hours.reduce((sum, { amount }) => sum + amount, 0);
  const most = Math.max(1, ...hours.map(({ amount }) => amount));
  const step = WIDTH / Math.max(1, hours.length);
  const [first] = hours;
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <strong>{total.toLocaleString('en')}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}: ${total.toLocaleString('en')} in total, at most ${most} in an hour`}
        preserveAspectRatio="none"
      >
        {hours.map(({ start, amount }, index) => {
          const height = amount === 0 ? 1 : Math.max(3, (amount / most) * HEIGHT);
          return (
            <rect
              key={start}
              className={amount === 0 ? 'none' : undefined}
              x={index * step + 1}
              y={HEIGHT - height}
              width={step - 2}
              height={height}
            >
              <title>{`${clockWords(start)}: ${amount}`}</title>
            </rect>
          );
        })}
      </svg>
      <p className="axis" aria-hidden="true">
        <span>{first && clockWords(first.start)}</span>
        <span>now</span>
      </p>
    </figure>
  );
}
