/** One request as it goes over the wire, and the body that has to come back. */
export interface Step {
  readonly request: string;
  /** The whole body. */
  readonly answer: string | undefined;
  /** A regular expression, where the body is not the same each time. */
  readonly pattern?: string;
}

/** The same steps over and over. */
interface Cycle {
  readonly kind: 'cycle';
  readonly steps: readonly Step[];
}

/** Each step once; the measurement ends with the last one. */
interface Once {
  readonly kind: 'once';
  readonly steps: readonly Step[];
}

/** Each answer holds what the next request presents, as the answer to a refresh does. */
interface Chain {
  readonly kind: 'chain';
  /** The request with `{token}` in the place of what it presents. */
  readonly request: string;
  readonly first: string;
  /** Finds the next token in an answer, as its first group. */
  readonly next: string;
}

/** What one connection does. */
export type Lane = Cycle | Once | Chain;

export interface Plan {
  /** Origin of the server. */
  readonly url: string;
  readonly lanes: readonly Lane[];
  /** Milliseconds */
  readonly duration: number;
}

/** What came of a plan. Every answer was compared with what was expected of it; a wrong one ends the benchmark. */
export interface Figures {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds */
  readonly p50: number;
  readonly p99: number;
}
