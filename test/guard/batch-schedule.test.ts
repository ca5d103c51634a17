import { setImmediate as turn } from 'node:timers/promises';
import { BatchSchedule } from '../../src/guard/batch-schedule.ts';

/** A query that is under way until it is told to end. */
function query(schedule: BatchSchedule): { end: (failure?: Error) => void; ended: Promise<void> } {
  let end: (failure?: Error) => void = () => undefined;
  const answer = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure === undefined ? resolve() : reject(failure));
  });
  return { end, ended: schedule.run(() => answer) };
}

describe('a batch', () => {
  let schedule: BatchSchedule;
  let left: string[];
  const add = (name: string) => schedule.schedule(() => void left.push(name));
  beforeEach(() => {
    schedule = new BatchSchedule();
    left = [];
  });
  afterEach(() => jest.useRealTimers());

  it('leaves at the end of the turn when no query is under way', async () => {
    add('a');
    expect(left).toEqual([]);
    await turn();
    expect(left).toEqual(['a']);
  });

  it.each([undefined, new Error('the database is away')])(
    'gathers while a query is under way, until it is back: %s',
    async (failure) => {
      jest.useFakeTimers({ doNotFake: ['setImmediate'] });
      const { end, ended } = query(schedule);
      add('a');
      for (let turns = 0; turns < 5; turns++) await turn();
      expect(left).toEqual([]);
      end(failure);
      await ended.catch(() => undefined);
      await turn();
      expect(left).toEqual(['a']);
      jest.runAllTimers();
      await turn();
      expect(left).toEqual(['a']);
    },
  );

  it('does not wait for a query that is stuck', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    query(schedule);
    add('a');
    jest.advanceTimersByTime(1);
    await turn();
    expect(left).toEqual([]);
    jest.advanceTimersByTime(1);
    await turn();
    expect(left).toEqual(['a']);
  });

  it('waits for one query at most, however many are under way', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    query(schedule);
    const second = query(schedule);
    add('a');
    second.end();
    await second.ended;
    await turn();
    expect(left).toEqual(['a']);
  });
});
