import { createClient } from '../../src/oauth/create-client.ts';
import { openTestCore } from './core.ts';
import type { TestDatabase } from './databases.ts';

const OPERATOR = { actorId: null, ipAddress: null, userAgent: null };

/** A service of the operator's own, with a credential. */
export interface Service {
  readonly id: string;
  readonly secret: string;
  readonly authorization: string;
}

export async function newService(
  database: Pick<TestDatabase, 'url'>,
  name = 'a test service',
): Promise<Service> {
  const core = await openTestCore(database);
  try {
    const { client, secret } = await createClient(core.clients, name, OPERATOR);
    return { id: client.id, secret, authorization: basic(client.id, secret) };
  } finally {
    await core.close();
  }
}

/** As most programs write it: nothing in an id or a secret needs to be escaped. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts.
  readonly body: any;
}

/** One form, sent as a service sends it. `headers` are sent as they are. */
export async function postForm(
  url: string,
  path: string,
  form: Readonly<Record<string, string>> | string,
  headers: Record<string, string> = {},
): Promise<ServiceAnswer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

export function introspect(
  url: string,
  { authorization }: Pick<Service, 'authorization'>,
  token: string,
): Promise<ServiceAnswer> {
  return postForm(url, '/oauth/introspect', { token }, { authorization });
}

export function revoke(
  url: string,
  { authorization }: Pick<Service, 'authorization'>,
  token: string,
): Promise<ServiceAnswer> {
  return postForm(url, '/oauth/revoke', { token }, { authorization });
}
