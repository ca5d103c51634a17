import { refreshBudget, withinBudget } from '../../src/sessions/time-budget.ts';

const GRACE = 30_000;
const never = () => new Promise<never>(() => undefined);

describe('the time budget of a refresh', () => {
  it.each([
    [0, 2_000],
    [3_000, 2_000],
    [4_000, 2_000],
    [10_000, 5_000],
    [20_000, 10_000],
    [60_000, 10_000],
  ])('with a window of %i ms is %i ms: half of it, but from two to ten seconds', (grace, budget) => {
    expect(refreshBudget(grace)).toBe(budget);
  });

  it('passes on what the work says in time, good or bad', async () => {
    const now = performance.now();
    await expect(withinBudget(GRACE, now, async () => 'done')).resolves.toBe('done');
    const failing = withinBudget(GRACE, now, () => Promise.reject(new Error('its own')));
    await expect(failing).rejects.toThrow('its own');
  });

  it('counts from the arrival: what has waited too long is UNAVAILABLE, and is told to stop', async () => {
    const longAgo = performance.now() - refreshBudget(GRACE);
    let signal: AbortSignal | undefined;
    const late = withinBudget(GRACE, longAgo, (given) => {
      signal = given;
      return never();
    });
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfter: 1 } });
    expect(signal?.aborted).toBe(true);
  });

  it('does not tell work to stop that was done in time', async () => {
    let signal: AbortSignal | undefined;
    await withinBudget(GRACE, performance.now(), async (given) => {
      signal = given;
    });
    expect(signal?.aborted).toBe(false);
  });
});
