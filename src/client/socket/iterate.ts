import type { Client } from 'graphql-ws/client';

/** What `subscribe` brings, one after the other, until `break` or `return` drops the operation. */
export function iterateBy(subscribe: Client['subscribe']): Client['iterate'] {
  return (payload) => {
    const results: never[] = [];
    let ending: { readonly error?: unknown } | undefined;
    let wake: () => void = () => undefined;
    const end = (how: { readonly error?: unknown }) => {
      ending ??= how;
      wake();
    };
    const drop = subscribe<never, never>(payload, {
      next: (result) => {
        results.push(result as never);
        wake();
      },
      error: (error) => end({ error }),
      complete: () => end({}),
    });

    const iterator = (async function* () {
      while (results.length > 0 || !ending) {
        yield* results.splice(0);
        if (results.length === 0 && !ending)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      if ('error' in ending) throw ending.error;
    })();
    const finish = iterator.return.bind(iterator);
    // A generator that waits would hear of it only after the next result.
    iterator.return = (value) => {
      drop();
      return finish(value);
    };
    return iterator;
  };
}
