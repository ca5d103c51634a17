/**
 * Runs in an instance before its program: gives it a clock that the test can set, and, where the test says so, one of the
 * known bugs. The product knows nothing of it.
 */
import { openSync, readSync } from 'node:fs';

const { PORTCULLIS_TEST_CLOCK, PORTCULLIS_TEST_BUG } = process.env;

if (PORTCULLIS_TEST_CLOCK) setClockBy(PORTCULLIS_TEST_CLOCK);
if (PORTCULLIS_TEST_BUG) await import(new URL(`bugs/${PORTCULLIS_TEST_BUG}.mjs`, import.meta.url).href);

/** The file holds the milliseconds by which the time of day is wrong, and is read whenever somebody asks what time it is. */
function setClockBy(path) {
  const file = openSync(path, 'r');
  const shift = Buffer.alloc(8);
  const Real = Date;
  const now = () => {
    readSync(file, shift, 0, 8, 0);
    return Real.now() + shift.readDoubleLE();
  };
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [now()], self),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}
