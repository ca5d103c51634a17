import { bearer, login, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('F2 documents that are large for their own sake', (database) => {
  const server = runServer(database);

  const chain = (length: number) =>
    `{ ...F0 } ${Array.from({ length }, (_, n) => `fragment F${n} on Query { ...F${n + 1} }`).join(' ')} fragment F${length} on Query { me { id } }`;
  const aliases = (length: number) => `{ ${Array.from({ length }, (_, n) => `a${n}: me { id }`).join(' ')} }`;
  const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;

  it.each([
    ['a chain of fragments', chain(4_500)],
    ['aliases', aliases(20_000)],
    ['a selection of great depth', nested(10_000)],
  ])('%s: refused as a mistake of the client, with no word from inside', async (_name, document) => {
    const answer = await send(server().url, document);
    expect(answer).toMatchObject({ status: 400, refusal: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(answer.text).not.toMatch(/stack/i);
  });

  it('and large ones that somebody could mean are answered', async () => {
    const { accessToken } = await login(server().url);
    const answer = await send(server().url, aliases(100), {}, bearer(accessToken));
    expect(Object.keys(answer.data)).toHaveLength(100);
    expect((await send(server().url, chain(50), {}, bearer(accessToken))).errors).toBeUndefined();
  });
});
