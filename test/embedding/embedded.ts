import { embed, type Portcullis, type PortcullisOptions } from '../../src/embed.ts';
import { CONSOLE } from '../support/console.ts';
import type { TestDatabase } from '../support/databases.ts';
import { testEnvironment } from '../support/server.ts';

export interface Embedded extends Portcullis {
  /** Every line it logged, parsed. */
  readonly log: () => Record<string, unknown>[];
}

type Options = Omit<PortcullisOptions, 'log'>;

/** Portcullis in the process of the tests, on a port of its own unless it joins a server. */
export async function startEmbedded(
  database: Pick<TestDatabase, 'url'>,
  { settings = {}, ...options }: Options = {},
): Promise<Embedded> {
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const env = testEnvironment(database, settings);
  const portcullis = await embed({ ...options, settings: env, log }, CONSOLE);
  return { ...portcullis, log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** One for the tests of a suite: started before them, stopped after. */
export function runEmbedded(database: () => TestDatabase, options: () => Options): () => Embedded {
  let portcullis: Embedded | undefined;
  beforeAll(async () => {
    portcullis = await startEmbedded(database(), options());
  });
  afterAll(async () => portcullis?.stop());
  return () => {
    if (portcullis === undefined) throw new Error('Portcullis runs only while the tests run.');
    return portcullis;
  };
}
