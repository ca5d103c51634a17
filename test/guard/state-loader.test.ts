import { setImmediate as turn } from 'node:timers/promises';
import { unavailable } from '../../src/errors/refusal.ts';
import type { SessionState } from '../../src/guard/caller.ts';
import { createStateLoader, type LoadedStates, type StateSource } from '../../src/guard/state-loader.ts';

/** A source that knows every session but `gone`, and writes down what it is asked. */
class RecordingSource implements StateSource {
  readonly asked: string[][] = [];
  failure: Error | undefined;
  tokenVersion = 1;
  keyEpoch = 1;

  async loadStates(ids: readonly string[]): Promise<LoadedStates> {
    this.asked.push([...ids]);
    if (this.failure !== undefined) throw this.failure;
    const states = new Map(ids.filter((id) => id !== 'gone').map((id) => [id, this.#state(id)]));
    return { states, keyEpoch: states.size > 0 ? this.keyEpoch : undefined };
  }

  #state(id: string): SessionState {
    const life = { endedAt: null, endReason: null, idleExpiresAt: 1, expiresAt: 1 };
    const { tokenVersion } = this;
    const account = { email: null, displayName: null, roles: [], status: 'ACTIVE' as const, createdAt: 0 };
    return { session: { id, userId: 'u', ...life }, user: { id: 'u', tokenVersion, ...account } };
  }
}

/** Keys that are never more than asked to be of an epoch. */
class RecordingKeys {
  readonly epochs: number[] = [];
  failure: Error | undefined;

  async synchronize(epoch: number): Promise<void> {
    await turn();
    if (this.failure !== undefined) throw this.failure;
    this.epochs.push(epoch);
  }
}

describe('the state loader', () => {
  let source: RecordingSource;
  let keys: RecordingKeys;
  beforeEach(() => {
    source = new RecordingSource();
    keys = new RecordingKeys();
  });

  it('hands out no state before the keys are those that it was read with', async () => {
    const loader = createStateLoader(source, keys);
    source.keyEpoch = 7;
    const known = loader.load('a').then(() => [...keys.epochs]);
    expect(await known).toEqual([7]);
    keys.failure = unavailable();
    await expect(loader.load('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await loader.load('gone')).toBeUndefined();
  });

  it('asks once for all that is wanted in one turn of the event loop, each id once', async () => {
    const loader = createStateLoader(source, keys);
    const states = await Promise.all(['a', 'b', 'a', 'gone', 'b'].map((id) => loader.load(id)));
    expect(states.map((state) => state?.session.id)).toEqual(['a', 'b', 'a', undefined, 'b']);
    expect(source.asked).toEqual([['a', 'b', 'gone']]);
  });

  it('gathers across steps of promises, as independent requests are', async () => {
    const loader = createStateLoader(source, keys);
    const request = async (id: string, steps: number) => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      return loader.load(id);
    };
    await Promise.all([request('a', 0), request('b', 7), request('c', 30)]);
    expect(source.asked).toEqual([['a', 'b', 'c']]);
  });

  it('keeps nothing: the next turn asks anew, and gets what is true then', async () => {
    const loader = createStateLoader(source, keys);
    expect((await loader.load('a'))?.user.tokenVersion).toBe(1);
    source.tokenVersion = 2;
    expect((await loader.load('a'))?.user.tokenVersion).toBe(2);
    expect(source.asked).toEqual([['a'], ['a']]);
  });

  it('does not join a query that has been sent: it may have read before the change', async () => {
    const loader = createStateLoader(source, keys);
    const early = loader.load('a');
    await turn();
    source.tokenVersion = 2;
    const late = loader.load('a');
    expect([(await early)?.user.tokenVersion, (await late)?.user.tokenVersion]).toEqual([1, 2]);
  });

  it('sends no list that is longer than 256', async () => {
    const loader = createStateLoader(source, keys);
    const ids = Array.from({ length: 600 }, (_, index) => `session ${index}`);
    const states = await Promise.all(ids.map((id) => loader.load(id)));
    expect(states.map((state) => state?.session.id)).toEqual(ids);
    expect(source.asked.map((asked) => asked.length)).toEqual([256, 256, 88]);
  });

  it('denies everyone in a batch that failed, and no one after it', async () => {
    const loader = createStateLoader(source, keys);
    source.failure = unavailable();
    const results = await Promise.allSettled([loader.load('a'), loader.load('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    source.failure = undefined;
    expect((await loader.load('a'))?.session.id).toBe('a');
  });

  it('I4 denies everyone within a second when the source hangs, and no one behind them', async () => {
    const loader = createStateLoader(source, keys);
    const load = jest.spyOn(source, 'loadStates').mockReturnValueOnce(new Promise(() => undefined));
    const stuck = Promise.allSettled([loader.load('a'), loader.load('b')]);
    await turn();
    expect((await loader.load('c'))?.session.id).toBe('c');
    for (const result of await stuck) expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    load.mockRestore();
  });
});
