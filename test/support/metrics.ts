import type { TestServer } from './server.ts';
import { until } from './until.ts';

/** Values by series, as `name{label="value"}`. */
export type Samples = ReadonlyMap<string, number>;

export async function scrapeText({ metricsUrl }: Pick<TestServer, 'metricsUrl'>): Promise<string> {
  if (metricsUrl === undefined) throw new Error('This server shows no metrics.');
  const answer = await fetch(metricsUrl);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.text();
}

export async function scrape(server: Pick<TestServer, 'metricsUrl'>): Promise<Samples> {
  return parse(await scrapeText(server));
}

function parse(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1).replace('Inf', 'Infinity'))];
    }),
  );
}

/** The names of the metrics that a text shows, without the endings of histograms. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) /gm)].flatMap(([, name]) => name ?? []);
}

/**
 * By how much each series of a metric grew by `work`, those that did not grow left out. The end of an answer may be
 * counted just after its client has read it: told of what is expected, it waits for that.
 */
export async function growth(
  server: Pick<TestServer, 'metricsUrl'>,
  metric: string,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await scrape(server);
  await work();
  const grown = async () => grownBy(metric, before, await scrape(server));
  let last = await grown();
  await until(async () => {
    const next = await grown();
    const isStill = JSON.stringify(next) === JSON.stringify(last);
    last = next;
    return isStill;
  });
  return last;
}

function grownBy(metric: string, before: Samples, after: Samples): Record<string, number> {
  const own = [...after].filter(([series]) => series === metric || series.startsWith(`${metric}{`));
  const grown = own.map(([series, value]) => [labelsOf(series), value - (before.get(series) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, value]) => value !== 0));
}

/** `field="me",outcome="ok"` is `me ok`. */
function labelsOf(series: string): string {
  return [...series.matchAll(/="([^"]*)"/g)].map(([, value]) => value).join(' ');
}
