import { setImmediate as turn } from 'node:timers/promises';
import { cohort } from '../../src/http/cohort.ts';

describe('cohort', () => {
  it('lets all who came within one turn of the event loop go on together, in the order in which they came', async () => {
    const endOfTurn = cohort();
    const gone: string[] = [];
    const go = (name: string) => endOfTurn().then(() => gone.push(name));
    const first = [go('one'), go('two')];
    await Promise.resolve();
    expect(gone).toEqual([]);
    await Promise.all(first);
    expect(gone).toEqual(['one', 'two']);
  });

  it('keeps nobody for those who come later', async () => {
    const endOfTurn = cohort();
    const one = endOfTurn();
    await turn();
    const two = endOfTurn();
    expect(two).not.toBe(one);
    await one;
    await two;
  });
});
