import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { uuid } from '../support/administration.ts';
import { bearer, login, ME, REVOKE_OTHERS, refreshWith, registerUser, send } from '../support/client.ts';
import { Day } from '../support/day.ts';
import { storedSecrets } from '../support/day-record.ts';
import { scrapeText } from '../support/metrics.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { found, type Secret } from '../support/secret-search.ts';
import { recordSpans, type SpanTree, treeOf } from '../support/spans.ts';
import { until } from '../support/until.ts';

const exporter = recordSpans();

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };

const isRequest = ({ kind }: ReadableSpan) => kind === SpanKind.SERVER;

/** All that the requests of `work` left behind, once they are over. */
async function spansOf(requests: number, work: () => Promise<unknown>): Promise<ReadableSpan[]> {
  exporter.reset();
  await work();
  await until(async () => exporter.getFinishedSpans().filter(isRequest).length === requests);
  return exporter.getFinishedSpans();
}

async function treeOfRequest(work: () => Promise<unknown>): Promise<SpanTree> {
  const spans = await spansOf(1, work);
  const request = spans.find(isRequest);
  if (request === undefined) throw new Error('The request has no span.');
  return treeOf(request, spans);
}

const leaf = (name: string): SpanTree => ({ name, children: [] });
const post = (...children: SpanTree[]): SpanTree => ({ name: 'POST /graphql', children });

onSqlite('spans', (database) => {
  const server = runServer(database, { METRICS_PORT: '0', LOGIN_THROTTLE: 'on', TRUST_PROXY: 'false' });
  const behindProxy = runServer(database, { TRUST_PROXY: '127.0.0.1' });
  const url = () => server().url;

  it('show a request from its arrival to the guard, the hash and the transaction', async () => {
    const user = await registerUser(url());
    const as = bearer(user.accessToken);
    expect(await treeOfRequest(() => send(url(), ME, {}, as))).toEqual(
      post({ name: 'query', children: [leaf('guard check')] }),
    );
    expect(await treeOfRequest(() => send(url(), REVOKE_OTHERS, {}, as))).toEqual(
      post({ name: 'mutation', children: [leaf('guard check'), leaf('transaction')] }),
    );
    expect(await treeOfRequest(() => refreshWith(url(), user.refreshToken))).toEqual(
      post({ name: 'mutation', children: [leaf('transaction')] }),
    );
    const { name, children } = await treeOfRequest(() => login(url(), user));
    expect(name).toBe('POST /graphql');
    expect(children).toEqual([
      { name: 'mutation', children: [leaf('transaction'), leaf('hash password'), leaf('transaction')] },
    ]);
    expect(await treeOfRequest(() => fetch(`${url()}/livez`))).toEqual(leaf('GET /livez'));
    expect(await treeOfRequest(() => fetch(`${url()}/${user.accessToken}`))).toEqual(leaf('GET'));
  });

  it('have the names and attributes of the conventions', async () => {
    const { accessToken } = await registerUser(url());
    const spans = await spansOf(2, async () => {
      await send(url(), 'query Mine { mine: me { id } }', {}, bearer(accessToken));
      await send(url(), ME);
    });
    const attributes = (name: string) =>
      spans.filter((span) => span.name === name).map((span) => span.attributes);
    const http = {
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'url.path': '/graphql',
      'url.scheme': 'http',
    };
    expect(attributes('POST /graphql')).toEqual([http, http]);
    const query = { 'graphql.operation.type': 'query', 'portcullis.fields': ['me'] };
    expect(attributes('query')).toEqual([query, { ...query, 'error.type': 'UNAUTHENTICATED' }]);
    expect(attributes('guard check')).toEqual([{}, { 'error.type': 'UNAUTHENTICATED' }]);
    for (const { status } of spans) expect(status.code).toBe(SpanStatusCode.UNSET);
  });

  it('show a batch by itself, with links to all who wait for it', async () => {
    const users = [await registerUser(url()), await registerUser(url())];
    const spans = await spansOf(2, () =>
      Promise.all(users.map(({ accessToken }) => send(url(), ME, {}, bearer(accessToken)))),
    );
    const checks = spans.filter(({ name }) => name === 'guard check').map((span) => span.spanContext());
    const batches = spans.filter(({ name }) => name === 'state batch');
    for (const { parentSpanContext } of batches) expect(parentSpanContext).toBeUndefined();
    const links = batches.flatMap((batch) => batch.links.map((link) => link.context.spanId));
    expect(links.sort()).toEqual(checks.map(({ spanId }) => spanId).sort());
    const sizes = batches.map(({ attributes }) => Number(attributes['size']));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2);
  });

  it('say what failed by its code, and not by its words', async () => {
    const user = await registerUser(url());
    await database().query('ALTER TABLE signing_key_epoch RENAME TO hidden');
    const spans = await spansOf(1, () => send(url(), ME, {}, bearer(user.accessToken)));
    await database().query('ALTER TABLE hidden RENAME TO signing_key_epoch');
    const check = spans.find(({ name }) => name === 'guard check');
    expect(check?.attributes).toEqual({ 'error.type': 'INTERNAL_SERVER_ERROR' });
    expect(check?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(check?.events).toEqual([]);
    const query = spans.find(({ name }) => name === 'query');
    expect(query?.attributes).toMatchObject({ 'error.type': 'INTERNAL_SERVER_ERROR' });
  });

  it('go on with the trace of a trusted proxy, and of nobody else', async () => {
    const traceIds = async (to: string) =>
      (await spansOf(1, () => send(to, ME, {}, TRACEPARENT))).map((span) => span.spanContext().traceId);
    for (const traceId of await traceIds(url())) expect(traceId).not.toBe(TRACE);
    expect(await traceIds(behindProxy().url)).toEqual([TRACE, TRACE, TRACE]);
  });

  it('H2 after a day neither they nor the metrics hold a secret, or anything of a user', async () => {
    exporter.reset();
    const day = new Day(url(), database());
    await day.play();
    const spans = exporter.getFinishedSpans();
    expect(spans.length).toBeGreaterThan(200);
    const told = spans.map(({ name, attributes, events, status, links }) => {
      const linked = links.map((link) => link.attributes);
      return { name, attributes, events, status, linked };
    });
    const metrics = await scrapeText(server());
    expect(metrics).toContain('portcullis_security_events_total{type="REFRESH_TOKEN_REUSED"} ');
    const secrets = [...day.record.secrets, ...(await storedSecrets(database())), ...(await traitsOf())];
    expect(secrets.length).toBeGreaterThan(60);
    for (const text of [JSON.stringify(told), metrics]) expect(found(secrets, Buffer.from(text))).toEqual([]);
    for (const text of [JSON.stringify(told), metrics]) expect(text).not.toContain('127.0.0.1');
    // The control: the search finds what it looks for.
    const [{ text = '', name = '' } = {}] = secrets;
    expect(found(secrets, Buffer.from(`${metrics}${text}`))).toEqual([name]);
  });

  /** What tells one user from another: ids, e-mails. */
  async function traitsOf(): Promise<Secret[]> {
    const rows = await database().query('SELECT id FROM users UNION SELECT id FROM sessions');
    const emails = await database().query('SELECT email FROM users WHERE email IS NOT NULL');
    const texts = [...rows.map(({ id }) => String(uuid(id))), ...emails.map(({ email }) => String(email))];
    return texts.map((text) => ({ name: text, text, forms: [Buffer.from(text)] }));
  }

  it('no client can add a series or a word of its own', async () => {
    const { accessToken } = await registerUser(url());
    const play = async (word: string) => {
      const headers = { 'user-agent': word, 'x-request-id': word, 'apollographql-client-name': word };
      await send(
        url(),
        `query ${word} { ${word}: me { ${word}: id } }`,
        {},
        { ...bearer(accessToken), ...headers },
      );
      await send(url(), `{ ${word} { id } }`, { [word]: word }, headers);
      await send(url(), `query A { me { id } }`, {}, bearer(word));
      await fetch(`${url()}/${word}?${word}=${word}`);
      await fetch(`${url()}/graphql`, { method: 'PROPFIND' });
    };
    await play('honest');
    const series = async () => (await scrapeText(server())).replace(/ [^ \n]+$/gm, '');
    await until(async () => (await series()).includes('route="/graphql",method="_OTHER"'));
    const before = await series();
    for (const word of ['zebra1', 'zebra2', '__proto__', 'constructor']) await play(word);
    expect(await series()).toBe(before);
    expect(
      JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes])),
    ).not.toContain('zebra');
  });
});
