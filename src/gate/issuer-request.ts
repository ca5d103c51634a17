/** Milliseconds that a request to the issuer may take. */
const TIMEOUT = 2_000;

/** Bytes; what the issuer answers to a request is shorter by far. */
const MOST_BYTES = 256 * 1024;

/**
 * Asks the issuer, in bounded time, and follows no redirect: the client's credential goes to the issuer alone.
 *
 * @returns the JSON of a good answer
 * @throws Error that says what was asked and what came
 */
export async function requestJson(url: URL, init: RequestInit = {}): Promise<unknown> {
  const refuse = (what: string) => new Error(`${url.pathname} of the issuer answered ${what}`);
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(refuse(`nothing whole within ${TIMEOUT} ms`)), TIMEOUT);
  try {
    const response = await fetch(url, { ...init, signal: time.signal, redirect: 'error' });
    if (response.status === 200 && response.body !== null) {
      const bytes = await readBounded(response.body, time.signal);
      if (bytes === undefined) throw refuse(`more than ${MOST_BYTES} bytes`);
      return JSON.parse(bytes.toString());
    }
    await response.body?.cancel();
    throw refuse(String(response.status));
  } finally {
    clearTimeout(timer);
  }
}

/** @returns nothing where there is more than may be read */
async function readBounded(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  // Once there is an answer, Node may have collected what else would have heard of it.
  signal.addEventListener('abort', cancel);
  const parts: Uint8Array[] = [];
  for (let size = 0; size <= MOST_BYTES; ) {
    const { value, done } = await reader.read();
    signal.throwIfAborted();
    if (done) return Buffer.concat(parts);
    parts.push(value);
    size += value.length;
  }
  cancel();
  return undefined;
}
