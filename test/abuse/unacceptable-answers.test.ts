import { CHANGE_PASSWORD } from '../support/administration.ts';
import { bearer, login, ME, registerUser, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('an Accept header', (database) => {
  const server = runServer(database);

  it.each([
    'text/html',
    'multipart/mixed',
    '*/*;q=0',
    'application/json;q=0',
    ',;q=',
    'application/json; charset=utf-16',
  ])('that leaves no type to answer in, %s: refused before anything runs', async (accept) => {
    const { url } = server();
    const user = await registerUser(url);
    const change = { input: { currentPassword: user.password, newPassword: 'sunlit otter parade' } };
    const refused = await send(url, CHANGE_PASSWORD, change, { ...bearer(user.accessToken), accept });
    expect(refused).toMatchObject({ status: 406, data: undefined, refusal: { code: 'BAD_REQUEST' } });
    expect((await send(url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
    await login(url, user);

    const done = await send(url, CHANGE_PASSWORD, change, bearer(user.accessToken));
    expect(done.errors).toBeUndefined();
    await expect(login(url, user)).rejects.toThrow('INVALID_CREDENTIALS');
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
    ['', 'application/json; charset=utf-8'],
  ])('that leaves one, %j: answered in it', async (accept, type) => {
    const { accessToken } = await login(server().url);
    const answer = await send(server().url, ME, {}, { ...bearer(accessToken), accept });
    expect(answer.errors).toBeUndefined();
    expect(answer.headers.get('content-type')).toBe(type);
  });
});
