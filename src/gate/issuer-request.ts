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
  const signal = AbortSignal.timeout(TIMEOUT);
  const response = await fetch(url, { ...init, signal, redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url.pathname} of the issuer answered ${response.status}`);
  }
  if (Number(response.headers.get('content-length')) > MOST_BYTES)
    throw new Error(`${url.pathname} of the issuer answered more than ${MOST_BYTES} bytes`);
  return response.json();
}
