/** Milliseconds since the epoch by the clock that every instance shares: the database's (DESIGN, one clock). */
export interface Clock {
  now(): number;
}
