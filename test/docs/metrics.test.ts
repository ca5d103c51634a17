import { ME, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { namesIn, scrape, scrapeText } from '../support/metrics.ts';
import { runServer } from '../support/running.ts';
import { codes, readText, tableRows } from './markdown.ts';

const PAGE = 'docs/metrics.md';

interface Documented {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const documented: readonly Documented[] = [
  'Traffic',
  'Guard',
  'Sessions and logins',
  'Freshness and database',
  'Process',
].flatMap((section) =>
  tableRows(PAGE, section).map(([name = '', type = '', labels = '']) => ({
    name: codes(name)[0] ?? '',
    type,
    labels: codes(labels),
  })),
);

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard = JSON.parse(readText('docs/grafana-dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
};

/** The metrics of an expression, without the endings that a histogram's series have. */
function metricsOf(expression: string): string[] {
  const words = [...expression.matchAll(/\b(?:portcullis|nodejs|process)_\w+/g)].map(([word]) => word);
  const histograms = new Set(documented.filter(({ type }) => type === 'histogram').map(({ name }) => name));
  return words.map((word) => {
    const base = word.replace(/_(bucket|sum|count)$/, '');
    return histograms.has(base) ? base : word;
  });
}

/** Values that a label is asked to have, as `name{label="value"}` has them. */
function valuesAskedFor(expression: string): [label: string, value: string][] {
  return [...expression.matchAll(/(\w+)="([^"$]+)"/g)].map(([, label = '', value = '']) => [label, value]);
}

// Of MySQL the pool is shown, and of bounded freshness the feed: this server shows everything there is.
onMysql('docs/metrics.md and the dashboard', (database) => {
  const server = runServer(database, { METRICS_PORT: '0', FRESHNESS: 'bounded' });
  let text = '';
  beforeAll(async () => {
    await send(server().url, ME);
    text = await scrapeText(server());
  });

  it('tell of every metric, and of no other', () => {
    expect(documented.map(({ name }) => name).sort()).toEqual(namesIn(text).sort());
    expect(documented.length).toBeGreaterThan(30);
  });

  it('tell the type and the labels of each', async () => {
    for (const { name, type } of documented) expect(text).toContain(`\n# TYPE ${name} ${type}\n`.trimStart());
    const allowed = new Map(documented.map(({ name, labels }) => [name, ['le', ...labels]]));
    for (const series of (await scrape(server())).keys()) {
      const [name = ''] = metricsOf(series);
      const labels = [...series.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label);
      expect(labels.filter((label) => !allowed.get(name)?.includes(label))).toEqual([]);
    }
  });

  it('ask for metrics that are there, and leave none of ours out', () => {
    const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const variables = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
    const alerts = tableRows(PAGE, 'Alerts worth having').map(([, cell = '']) => codes(cell)[0] ?? '');
    const shown = new Set(expressions.flatMap(metricsOf));
    const asked = [...expressions, ...variables, ...alerts];
    expect(alerts.length).toBeGreaterThan(5);
    for (const expression of asked) expect(metricsOf(expression)).not.toEqual([]);
    const known = new Set(namesIn(text));
    expect(asked.flatMap(metricsOf).filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => name.startsWith('portcullis_') && !shown.has(name))).toEqual([]);
    const sources = `${text}${readText('src/metrics/count-requests.ts')}`;
    for (const [label, value] of asked.flatMap(valuesAskedFor))
      expect(sources).toMatch(new RegExp(`${label}="${value}"|'${value}'`));
  });

  it('the dashboard has a row for each part', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual([
      'Traffic',
      'Guard',
      'Sessions',
      'Logins and throttling',
      'Freshness and database',
      'Process',
    ]);
  });
});
