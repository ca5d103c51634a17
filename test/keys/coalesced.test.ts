import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { coalesced } from '../../src/keys/coalesced.ts';

/** Work whose runs are ended by hand. */
function steps() {
  const begun: { readonly at: number; end(): void; fail(): void }[] = [];
  const work = () =>
    new Promise<number>((resolve, reject) => {
      const run = begun.length;
      begun.push({ at: performance.now(), end: () => resolve(run), fail: () => reject(new Error('failed')) });
    });
  return { begun, work };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

describe('coalesced work', () => {
  it('runs once for all who ask at the same moment', async () => {
    const { begun, work } = steps();
    const ask = coalesced(work, 0);
    const asked = [ask(), ask(), ask()];
    await until(() => begun.length === 1);
    begun[0]?.end();
    expect(await Promise.all(asked)).toEqual([0, 0, 0]);
    expect(begun).toHaveLength(1);
  });

  it('gives who asks while it runs another run, one for all of them, after the first', async () => {
    const { begun, work } = steps();
    const ask = coalesced(work, 0);
    const early = ask();
    await until(() => begun.length === 1);
    const late = [ask(), ask()];
    await turn();
    expect(begun).toHaveLength(1);
    begun[0]?.end();
    await until(() => begun.length === 2);
    begun[1]?.end();
    expect([await early, ...(await Promise.all(late))]).toEqual([0, 1, 1]);
  });

  it('goes on after a run that failed, for those alone who had asked before it', async () => {
    const { begun, work } = steps();
    const ask = coalesced(work, 0);
    const failing = ask();
    await until(() => begun.length === 1);
    const next = ask();
    begun[0]?.fail();
    await expect(failing).rejects.toThrow('failed');
    await until(() => begun.length === 2);
    begun[1]?.end();
    expect(await next).toBe(1);
  });

  it('keeps its pace, however often it is asked', async () => {
    const beginnings: number[] = [];
    const ask = coalesced(async () => void beginnings.push(performance.now()), 30);
    for (const end = performance.now() + 300; performance.now() < end; await turn()) void ask();
    await ask();
    const gaps = beginnings.slice(1).map((at, index) => at - (beginnings[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(0);
    // Timers of Node may come up to a millisecond early.
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(29);
  });
});
