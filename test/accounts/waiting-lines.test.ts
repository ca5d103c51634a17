import { setImmediate as turn } from 'node:timers/promises';
import { WaitingLines } from '../../src/accounts/waiting-lines.ts';
import type { Refusal } from '../../src/errors/refusal.ts';

describe('WaitingLines', () => {
  let lines: WaitingLines;
  /** The buckets that are busy. */
  let busy: Set<string>;
  /** Who asked, in order. */
  let asked: string[];
  beforeEach(() => {
    lines = new WaitingLines();
    busy = new Set();
    asked = [];
  });

  function wait(name: string, ids: readonly string[]) {
    return lines.wait(ids, async () => {
      asked.push(name);
      return { busy: ids.find((id) => busy.has(id)), name };
    });
  }

  it('lets those through who find nothing busy', async () => {
    const answers = await Promise.all([
      wait('one', ['account', 'address']),
      wait('two', ['account', 'address']),
    ]);
    expect(answers.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('has only the head of a line ask, and lets all through in the order in which they came', async () => {
    busy.add('account');
    const through: string[] = [];
    const names = Array.from({ length: 20 }, (_, index) => `waiter ${index}`);
    const all = names.map((name) => wait(name, ['account']).then(() => through.push(name)));
    await turn();
    expect(new Set(asked)).toEqual(new Set(['waiter 0']));
    busy.clear();
    lines.wake(['account']);
    await Promise.all(all);
    expect(through).toEqual(names);
  });

  it('wakes the head when an attempt ends, and has it ask by itself where nobody says so', async () => {
    busy.add('account');
    const waiting = wait('head', ['account']);
    await turn();
    const before = asked.length;
    lines.wake(['account', 'another']);
    await turn();
    expect(asked.length).toBe(before + 1);
    // The end of an attempt of another instance, which nobody tells of.
    busy.clear();
    await expect(waiting).resolves.toMatchObject({ name: 'head' });
  });

  it('keeps nobody waiting for an account that is busy when only their address is shared', async () => {
    busy.add('busy account');
    const stuck = wait('stuck', ['busy account', 'address']);
    await turn();
    await expect(wait('free', ['account', 'address'])).resolves.toMatchObject({ name: 'free' });
    busy.clear();
    await stuck;
  });

  it('has an end: the 65th is refused at once, and finds room again later; other lines have their own', async () => {
    busy.add('account');
    const waiting = Array.from({ length: 64 }, (_, index) => wait(`waiter ${index}`, ['account']));
    const refusal: unknown = await wait('one too many', ['account']).catch((error: unknown) => error);
    expect((refusal as Refusal).code).toBe('RATE_LIMITED');
    expect((refusal as Refusal).details).toEqual({ retryAfter: 1 });
    await expect(wait('another', ['other account'])).resolves.toMatchObject({ name: 'another' });
    busy.clear();
    await Promise.all(waiting);
    await expect(wait('later', ['account'])).resolves.toMatchObject({ name: 'later' });
  });

  it('gives its place up when asking fails', async () => {
    const failing = lines.wait(['account'], async () => {
      throw new Error('the database is away');
    });
    await expect(failing).rejects.toThrow('away');
    await expect(wait('next', ['account'])).resolves.toMatchObject({ name: 'next' });
  });
});
