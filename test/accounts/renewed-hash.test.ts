import { hash } from '@node-rs/argon2';
import { auditedBy } from '../support/administration.ts';
import { bearer, LOGIN, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { changeUser, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const FLOOR = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

/** argon2i and argon2d of the library. */
const ARGON2D = 0;
const ARGON2I = 1;

const WEAKER: readonly (readonly [string, Parameters<typeof hash>[1]])[] = [
  ['less memory', { memoryCost: 9 * 1024, timeCost: 2, parallelism: 1 }],
  ['less time', { memoryCost: 19 * 1024, timeCost: 1, parallelism: 1 }],
  ['argon2i', { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, algorithm: ARGON2I }],
  ['argon2d', { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, algorithm: ARGON2D }],
];

onEachDatabase('A14 the stored hash', (database) => {
  const server = runServer(database);
  const hashOf = async (userId: string) => String((await userRow(database(), userId))['password_hash']);

  it('is argon2id at the floor of the OWASP sheet, salted, at register', async () => {
    const [one, two] = [await registerUser(server().url), await registerUser(server().url)];
    expect(await hashOf(one.userId)).toMatch(FLOOR);
    expect((await hashOf(one.userId)).split('$')[4]).not.toBe((await hashOf(two.userId)).split('$')[4]);
  });

  it.each(WEAKER)('with %s is made anew at the next login, and nothing else changes', async (_, weaker) => {
    const user = await registerUser(server().url);
    const weak = await hash(user.password, weaker);
    await changeUser(database(), user.userId, { password_hash: weak });
    const wrong = await send(server().url, LOGIN, {
      input: { email: user.email, password: 'not this one at all', transport: 'BODY' },
    });
    expect(wrong.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    expect(await hashOf(user.userId)).toBe(weak);

    const { password_hash: _weak, ...before } = await userRow(database(), user.userId);
    const events = await auditedBy(server(), database(), () => login(server().url, user));
    expect(events.map(({ type }) => type)).toEqual(['LOGIN_SUCCEEDED']);
    const renewed = await hashOf(user.userId);
    expect(renewed).toMatch(FLOOR);
    expect(await userRow(database(), user.userId)).toMatchObject(before);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();

    await login(server().url, user);
    expect(await hashOf(user.userId)).toBe(renewed);
  });

  it('that is stronger is left alone', async () => {
    const user = await registerUser(server().url);
    const strong = await hash(user.password, { memoryCost: 20 * 1024, timeCost: 3, parallelism: 1 });
    await changeUser(database(), user.userId, { password_hash: strong });
    await login(server().url, user);
    expect(await hashOf(user.userId)).toBe(strong);
  });

  it('made anew by one of ten logins at once lets all ten in', async () => {
    const user = await registerUser(server().url);
    const weak = await hash(user.password, { memoryCost: 9 * 1024, timeCost: 2, parallelism: 1 });
    await changeUser(database(), user.userId, { password_hash: weak });
    const logins = await Promise.all(Array.from({ length: 10 }, () => login(server().url, user)));
    expect(new Set(logins.map(({ sessionId }) => sessionId)).size).toBe(10);
    expect(await hashOf(user.userId)).toMatch(FLOOR);
  });
});
