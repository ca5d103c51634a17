import { setImmediate as turn } from 'node:timers/promises';
import { unavailable } from '../../src/errors/refusal.ts';
import type { SessionState } from '../../src/guard/caller.ts';
import { createStateLoader, type StateSource } from '../../src/guard/state-loader.ts';

/** A source that knows every session but `gone`, and writes down what it is asked. */
class RecordingSource implements StateSource {
  readonly asked: string[][] = [];
  failure: Error | undefined;
  tokenVersion = 1;

  async loadStates(ids: readonly string[]): Promise<ReadonlyMap<string, SessionState>> {
    this.asked.push([...ids]);
    if (this.failure !== undefined) throw this.failure;
    return new Map(ids.filter((id) => id !== 'gone').map((id) => [id, this.#state(id)]));
  }

  #state(id: string): SessionState {
    const life = { endedAt: null, endReason: null, idleExpiresAt: 1, expiresAt: 1 };
    const { tokenVersion } = this;
    const account = { email: null, displayName: null, roles: [], status: 'ACTIVE' as const, createdAt: 0 };
    return { session: { id, userId: 'u', ...life }, user: { id: 'u', tokenVersion, ...account } };
  }
}

describe('the state loader', () => {
  let source: RecordingSource;
  beforeEach(() => {
    source = new RecordingSource();
  });

  it('asks once for all that is wanted in one turn of the event loop, each id once', async () => {
    const loader = createStateLoader(source);
    const states = await Promise.all(['a', 'b', 'a', 'gone', 'b'].map((id) => loader.load(id)));
    expect(states.map((state) => state?.session.id)).toEqual(['a', 'b', 'a', undefined, 'b']);
    expect(source.asked).toEqual([['a', 'b', 'gone']]);
  });

  it('gathers across steps of promises, as independent requests are', async () => {
    const loader = createStateLoader(source);
    const request = async (id: string, steps: number) => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      return loader.load(id);
    };
    await Promise.all([request('a', 0), request('b', 7), request('c', 30)]);
    expect(source.asked).toEqual([['a', 'b', 'c']]);
  });

  it('keeps nothing: the next turn asks anew, and gets what is true then', async () => {
    const loader = createStateLoader(source);
    expect((await loader.load('a'))?.user.tokenVersion).toBe(1);
    source.tokenVersion = 2;
    expect((await loader.load('a'))?.user.tokenVersion).toBe(2);
    expect(source.asked).toEqual([['a'], ['a']]);
  });

  it('does not join a query that has been sent: it may have read before the change', async () => {
    const loader = createStateLoader(source);
    const early = loader.load('a');
    await turn();
    source.tokenVersion = 2;
    const late = loader.load('a');
    expect([(await early)?.user.tokenVersion, (await late)?.user.tokenVersion]).toEqual([1, 2]);
  });

  it('sends no list that is longer than 256', async () => {
    const loader = createStateLoader(source);
    const ids = Array.from({ length: 600 }, (_, index) => `session ${index}`);
    const states = await Promise.all(ids.map((id) => loader.load(id)));
    expect(states.map((state) => state?.session.id)).toEqual(ids);
    expect(source.asked.map((asked) => asked.length)).toEqual([256, 256, 88]);
  });

  it('denies everyone in a batch that failed, and no one after it', async () => {
    const loader = createStateLoader(source);
    source.failure = unavailable();
    const results = await Promise.allSettled([loader.load('a'), loader.load('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    source.failure = undefined;
    expect((await loader.load('a'))?.session.id).toBe('a');
  });
});
