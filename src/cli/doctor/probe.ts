import { types } from 'node:util';

/** Milliseconds for one answer of a running server. */
const LIMIT = 5_000;

/** An answer of the server that is looked at. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** A running server, asked without credentials and without changing anything in it. */
export class Probe {
  /** @param url where it answers, without a slash at the end */
  constructor(readonly url: string) {}

  get(path: string): Promise<Answer> {
    return this.#ask(path, {});
  }

  /** A GraphQL request. */
  post(query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const all = { 'content-type': 'application/json', ...headers };
    return this.#ask('/graphql', { method: 'POST', headers: all, body: JSON.stringify({ query }) });
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const signal = AbortSignal.timeout(LIMIT);
    const response = await fetch(this.url + path, { ...init, redirect: 'manual', signal });
    return {
      status: response.status,
      headers: response.headers,
      json: parsed(await response.text()),
    };
  }
}

/** The first error of a GraphQL answer, as far as it is told by code and reason. */
export function refusalOf({ json }: Answer): { code?: unknown; reason?: unknown } {
  const { errors } = (isObject(json) ? json : {}) as { errors?: unknown };
  const [first] = Array.isArray(errors) ? errors : [];
  return isObject(first) && 'extensions' in first && isObject(first.extensions) ? first.extensions : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why a request got no answer; `fetch` itself says only that it failed. */
export function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${LIMIT / 1000} s`;
  const { cause } = error;
  if (!types.isNativeError(cause)) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return [code, cause.message].filter((part) => part !== '').join(': ');
}
