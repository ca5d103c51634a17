import { bearer, login, ME, send } from '../support/client.ts';
import { BOMBS, CYCLES, each } from '../support/documents.ts';
import { onSqlite, runServer } from '../support/running.ts';

/** That they are refused before the costly rules come to them is shown by graphql/limits/within-limits.test.ts. */
onSqlite('F3 a document that is small and asks for little, and is costly to check', (database) => {
  const server = runServer(database);

  it.each([
    ...Object.entries(BOMBS),
    ...Object.entries(CYCLES),
    ['a thousand aliases of one field', `{ ${each(1_000, (n) => `a${n}: me { id }`)} }`],
    ['a hundred aliases of a list', `{ ${each(100, (n) => `a${n}: mySessions { id }`)} }`],
    ['inline fragments within each other', `{ ${'... { '.repeat(2_000)} me { id } ${'}'.repeat(2_001)}`],
  ])('is refused: %s', async (_, document) => {
    const { accessToken } = await login(server().url);
    const answer = await send(server().url, document, {}, bearer(accessToken));
    expect(answer.status).toBe(400);
    expect(answer.refusal?.['code']).toMatch(/^GRAPHQL_(VALIDATION|PARSE)_FAILED$/);
    expect(answer.data).toBeUndefined();
    expect(answer.text).not.toMatch(/stack/i);
  });

  it('while others are served, however many of them come', async () => {
    const { accessToken } = await login(server().url);
    const statuses: number[] = [];
    let served = 0;
    const attack = async () => {
      while (served < 20)
        for (const document of Object.values(BOMBS))
          statuses.push((await send(server().url, document)).status);
    };
    const attacks = [attack(), attack(), attack(), attack()];
    const honest: unknown[] = [];
    for (; served < 20; served += 1)
      honest.push((await send(server().url, ME, {}, bearer(accessToken))).data?.me?.email);
    await Promise.all(attacks);
    expect(new Set(honest)).toEqual(new Set(['admin@example.com']));
    expect(new Set(statuses)).toEqual(new Set([400]));
  });

  it('while fields that agree are merged, and fragments may be spread again', async () => {
    const { accessToken } = await login(server().url);
    const document = `{ me { id ...A ...B } me { ... on User { id email } ...A } }
      fragment A on User { id ...B } fragment B on User { email roles }`;
    const answer = await send(server().url, document, {}, bearer(accessToken));
    expect(answer.data.me).toEqual({
      id: expect.any(String),
      email: 'admin@example.com',
      roles: ['USER', 'ADMIN'],
    });
    const nested = `{ me { ${'... { '.repeat(200)} id ${'}'.repeat(200)} } }`;
    expect((await send(server().url, nested, {}, bearer(accessToken))).errors).toBeUndefined();
    const conflicting = await send(
      server().url,
      '{ a: me { id } a: mySessions { id } }',
      {},
      bearer(accessToken),
    );
    expect(conflicting).toMatchObject({ status: 400, refusal: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });
});
