import type { Databases } from './databases.ts';
import type { Generator } from './load/generator.ts';

/** What every scenario works with. */
export interface Bench {
  readonly generator: Generator;
  readonly databases: Databases;
  readonly effort: Effort;
  /** One line for whoever waits. */
  say(line: string): void;
}

/** How long is measured. */
export interface Effort {
  readonly quick: boolean;
  readonly rounds: number;
  /** Milliseconds of one measurement. */
  readonly duration: number;
  /** Requests to every target before the first round, so that its code is compiled. */
  readonly warmUp: number;
}

export const THOROUGH: Effort = { quick: false, rounds: 5, duration: 3_000, warmUp: 20_000 };

/** Shows that everything runs; its figures mean nothing. */
export const QUICK: Effort = { quick: true, rounds: 1, duration: 500, warmUp: 200 };

/** One part of the report. */
export interface Section {
  readonly title: string;
  /** What was measured, and how. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly goals?: readonly Goal[];
}

/** A goal is reported beside what came of it, and never fails the run: the machine decides half of it. */
export interface Goal {
  readonly name: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly result: number;
}

export type Scenario = (bench: Bench) => Promise<Section>;
