import { setImmediate as turn } from 'node:timers/promises';
import { KeyedQueue } from '../src/keyed-queue.ts';

describe('KeyedQueue', () => {
  let queue: KeyedQueue;
  let order: string[];
  beforeEach(() => {
    queue = new KeyedQueue();
    order = [];
  });

  /** Work that says when it begins and ends, with some turns of the event loop between. */
  function work(name: string): () => Promise<string> {
    return async () => {
      order.push(`${name} begins`);
      for (let turns = 0; turns < 3; turns++) await turn();
      order.push(`${name} ends`);
      return name;
    };
  }

  it('runs those who want the same key one after the other, in the order in which they came', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((name) => queue.run(['user'], work(name))));
    expect(results).toEqual(['a', 'b', 'c']);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets those who want other keys, or none, pass', async () => {
    const first = queue.run(['one'], work('a'));
    await Promise.all([queue.run(['two'], work('b')), queue.run([], work('c'))]);
    await first;
    expect(order.slice(0, 3).sort()).toEqual(['a begins', 'b begins', 'c begins']);
  });

  it('waits for everyone who came before for any of its keys, and deadlocks with nobody', async () => {
    await Promise.all([
      queue.run(['one'], work('a')),
      queue.run(['one', 'two'], work('b')),
      queue.run(['two', 'one'], work('c')),
      queue.run(['two'], work('d')),
    ]);
    const begins = order.filter((line) => line.endsWith('begins')).map((line) => line[0]);
    expect(begins).toEqual(['a', 'b', 'c', 'd']);
    expect(order).toHaveLength(8);
    expect(order.every((line, index) => index % 2 === 0 || line[0] === order[index - 1]?.[0])).toBe(true);
  });

  it('goes on after work that failed, and passes its failure to its own caller alone', async () => {
    const failing = queue.run(['user'], async () => {
      throw new Error('no luck');
    });
    const next = queue.run(['user'], work('b'));
    await expect(failing).rejects.toThrow('no luck');
    await expect(next).resolves.toBe('b');
  });

  it('lets one wait for the same key again after everybody is done', async () => {
    for (const name of ['a', 'b']) expect(await queue.run(['user'], work(name))).toBe(name);
  });

  it('I4 lets one leave whose caller has given up, at once, and keeps the order of the others', async () => {
    const caller = new AbortController();
    const first = queue.run(['user'], work('a'));
    const left = queue.run(['user'], work('b'), caller.signal);
    const third = queue.run(['user'], work('c'));
    caller.abort();
    await expect(left).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(order).not.toContain('a ends');
    await Promise.all([first, third]);
    expect(order).toEqual(['a begins', 'a ends', 'c begins', 'c ends']);
  });

  it('I4 refuses at once who would be one too many in a line, and nobody in another one', async () => {
    let end: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      end = resolve;
    });
    const crowd = Array.from({ length: 1_000 }, () => queue.run(['user'], () => stuck));
    await expect(queue.run(['user'], work('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await queue.run(['other'], work('b'))).toBe('b');
    end();
    await Promise.all(crowd);
    expect(await queue.run(['user'], work('a'))).toBe('a');
  });
});
