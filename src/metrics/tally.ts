import { Counter, type Registry } from 'prom-client';

/** What a series is counted in; whoever counts often keeps it. */
export interface Cell {
  count: number;
}

/**
 * A counter with labels. prom-client checks and sorts the labels at every count; here that is left for when somebody
 * looks, and a count is an addition.
 */
export class Tally<Label extends string> {
  readonly #cells = new Map<string, Cell & { readonly labels: Record<Label, string> }>();

  constructor(
    registry: Registry,
    name: string,
    help: string,
    private readonly labelNames: readonly Label[],
  ) {
    const cells = this.#cells;
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of cells.values()) this.inc(labels, count);
      },
    });
  }

  /** @param values in the order of the label names; from then on the series is shown */
  cell(...values: readonly string[]): Cell {
    let key = '';
    for (const value of values) key += `${value}\n`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const labels = Object.fromEntries(this.labelNames.map((name, index) => [name, values[index] ?? '']));
    const cell = { labels: labels as Record<Label, string>, count: 0 };
    this.#cells.set(key, cell);
    return cell;
  }
}
