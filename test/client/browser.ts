import { WebSocket } from 'ws';
import { type ClientOptions, createClient, type PortcullisClient } from '../../src/client/index.ts';
import { createSocket } from '../../src/client/socket/index.ts';
import { parseSetCookie } from '../support/browser.ts';
import { WebLocks } from './web-locks.ts';

type Fetch = typeof globalThis.fetch;

/** One request as it left the browser. */
export interface SentRequest {
  readonly url: string;
  /** The document, or the whole body of what is no GraphQL. */
  readonly query: string;
  readonly authorization: string | null;
}

export type Socket = ReturnType<typeof createSocket>;

export interface Tab {
  readonly client: PortcullisClient;
  /** Where it hears of pointers, keys and the network. */
  readonly window: EventTarget;
}

let browsers = 0;

/**
 * A browser: a cookie jar that no script sees, a local storage, locks and channels that its tabs share, and a network
 * that can fail. It names its origin, and says where a request comes from.
 */
export class Browser {
  readonly sent: SentRequest[] = [];
  /** The sockets that it opened. */
  readonly sockets: WebSocket[] = [];
  readonly stored = new Map<string, string>();
  /** What lies between it and the server; `go` sends the request. */
  network: (go: () => Promise<Response>, request: SentRequest) => Promise<Response> = (go) => go();
  readonly #jar = new Map<string, string>();
  readonly #locks = new WebLocks();
  readonly #tabs = new Set<Tab>();
  readonly #disposals: (() => unknown)[] = [];
  readonly #name = `browser ${++browsers}`;

  constructor(
    readonly url: string,
    readonly origin: string = new URL(url).origin,
  ) {}

  /** Opens a page of the app; its client restores the session at once. */
  open(options: Partial<ClientOptions> = {}, fetch: Fetch = this.fetch): Tab {
    const window = new EventTarget();
    const client = within(this.#page(window, fetch), () => createClient({ url: this.url, ...options }));
    const tab = { client, window };
    this.#tabs.add(tab);
    return tab;
  }

  /** A socket of a tab's client. */
  openSocket({ client, window }: Tab, options: Parameters<typeof createSocket>[1] = {}): Socket {
    const { origin, sockets } = this;
    const webSocketImpl = class extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, { origin });
        sockets.push(this);
      }
    };
    const socket = within({ window }, () => createSocket(client, { webSocketImpl, ...options }));
    this.#disposals.push(() => socket.dispose());
    return socket;
  }

  /** Whatever is open breaks, without a word. */
  cutSockets(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  close(...tabs: Tab[]): void {
    for (const dispose of this.#disposals.splice(0)) dispose();
    for (const tab of tabs.length > 0 ? tabs : this.#tabs) {
      tab.client.close();
      this.#tabs.delete(tab);
    }
  }

  /** The requests that have such a document. */
  asked(pattern: RegExp): SentRequest[] {
    return this.sent.filter(({ query }) => pattern.test(query));
  }

  get refreshToken(): string | undefined {
    return this.#jar.get('refresh_token');
  }

  /** Puts a cookie back as it was, as an answer that got lost leaves it. */
  plant(name: string, value: string): void {
    this.#jar.set(name, value);
  }

  readonly fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const sent = {
      url: request.url,
      query: queryOf(body),
      authorization: request.headers.get('authorization'),
    };
    this.sent.push(sent);
    return this.network(() => this.#send(request, body), sent);
  };

  async #send(request: Request, body: string): Promise<Response> {
    const { method, redirect, signal, credentials } = request;
    const headers = new Headers(request.headers);
    const isOwn = new URL(request.url).origin === this.origin;
    headers.set('origin', this.origin);
    headers.set('sec-fetch-site', isOwn ? 'same-origin' : 'cross-site');
    const withCookies = credentials === 'include' || (credentials === 'same-origin' && isOwn);
    if (withCookies && this.#jar.size > 0) headers.set('cookie', this.#cookies());
    const init = { method, headers, redirect, signal };
    const response = await globalThis.fetch(request.url, method === 'GET' ? init : { ...init, body });
    if (withCookies) for (const text of response.headers.getSetCookie()) this.#keep(text);
    return response;
  }

  #cookies(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(text: string): void {
    const { name, value, attributes } = parseSetCookie(text);
    if (Number(attributes['max-age'] ?? 1) <= 0) this.#jar.delete(name);
    else this.#jar.set(name, value);
  }

  #page(window: EventTarget, fetch: Fetch): Record<string, unknown> {
    const browser = this.#name;
    return {
      window,
      fetch,
      document: { baseURI: `${this.origin}/` },
      navigator: { locks: this.#locks },
      localStorage: {
        getItem: (key: string) => this.stored.get(key) ?? null,
        setItem: (key: string, value: string) => void this.stored.set(key, value),
      },
      BroadcastChannel: class extends BroadcastChannel {
        constructor(name: string) {
          super(`${browser} ${name}`);
        }
      },
    };
  }
}

function queryOf(body: string): string {
  try {
    return String((JSON.parse(body) as { query?: unknown }).query);
  } catch {
    return body;
  }
}

/** Runs what takes its surroundings from the global scope. */
function within<T>(scope: Record<string, unknown>, task: () => T): T {
  const before = Object.keys(scope).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const [name, value] of Object.entries(scope)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return task();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

/** The network is down. */
export const offline = () => Promise.reject(new TypeError('Failed to fetch'));

/** A frozen page: what it asked is not heard of again, and no timer of it fires. */
export const frozen = () => new Promise<Response>(() => undefined);
