import { serverAudits } from 'graphql-http';
import { onSqlite, runServer } from '../support/running.ts';

/** Recommendations that are not followed, by the id of the audit, each with its reason. */
const STATUS_400 =
  'the contract keeps the HTTP status of Apollo Server: 4xx for a request that was refused before it ran, whatever the client accepts, so that proxies, logs and clients that look at the status alone see that nothing happened';
const NOT_FOLLOWED: Readonly<Record<string, string>> = {
  '572B': `400 for a document that does not parse, under application/json too: ${STATUS_400}`,
  FDE2: `400 for a document that is not valid, under application/json too: ${STATUS_400}`,
  '7B9B': `400 for variables that cannot be coerced, under application/json too: ${STATUS_400}`,
};

onSqlite('F1 GraphQL over HTTP', (database) => {
  const server = runServer(database);

  /** Our CSRF prevention asks of a GET what no page can send unasked; an honest client adds it (contract, the cookie). */
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { 'apollo-require-preflight': 'true', ...init.headers } });
  const audits = serverAudits({ url: () => `${server().url}/graphql`, fetchFn });

  it('has all audits of the suite before it', () => {
    expect(audits.length).toBeGreaterThanOrEqual(61);
    for (const id of Object.keys(NOT_FOLLOWED)) expect(audits.map((audit) => audit.id)).toContain(id);
  });

  it('needs that header for no MUST', async () => {
    const plain = serverAudits({ url: () => `${server().url}/graphql` });
    for (const { name, fn } of plain.filter((audit) => audit.name.startsWith('MUST'))) {
      expect({ name, status: (await fn()).status }).toEqual({ name, status: 'ok' });
    }
  });

  it.each(audits.map((audit) => [audit.name, audit.id, audit] as const))('%s [%s]', async (_, id, audit) => {
    const result = await audit.fn();
    const problem = 'reason' in result ? result.reason : undefined;
    const status = NOT_FOLLOWED[id] === undefined ? 'ok' : 'warn';
    expect({ status: result.status, problem }).toEqual({
      status,
      problem: status === 'ok' ? undefined : 'Response status code is not 200',
    });
  });
});
