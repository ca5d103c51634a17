/**
 * Milliseconds in which a further signal is taken for the first one by another way: a terminal's Ctrl-C reaches npm and
 * the server, and npm passes its own on to the server too.
 */
const SAME_SIGNAL = 1_000;

/** Resolves at the first SIGTERM or SIGINT. A later one ends the process at once, as signals do by default. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const receive = (signal: NodeJS.Signals) => {
      resolve(signal);
      setTimeout(() => {
        for (const each of signals) process.off(each, receive);
      }, SAME_SIGNAL).unref();
    };
    for (const signal of signals) process.on(signal, receive);
  });
}
