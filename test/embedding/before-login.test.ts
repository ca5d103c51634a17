import type { LoginVerdict, PendingLogin } from '../../src/hooks/hooks.ts';
import { LOGIN, login, REGISTER, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { runEmbedded } from './embedded.ts';

onSqlite('beforeLogin', (database) => {
  const asked: PendingLogin[] = [];
  let answer: (login: PendingLogin) => LoginVerdict | Promise<LoginVerdict>;
  const portcullis = runEmbedded(database, () => ({
    settings: { LOGIN_THROTTLE: 'on' },
    hooks: {
      beforeLogin(pending) {
        asked.push(pending);
        return answer(pending);
      },
    },
  }));
  beforeEach(() => {
    asked.length = 0;
    answer = () => undefined;
  });

  const logIn = (account: { email: string; password: string }, input = {}) => {
    const { email, password } = account;
    return send(portcullis().url, LOGIN, { input: { email, password, transport: 'BODY', ...input } });
  };
  const newcomer = (name: string) => ({ email: `${name}@example.com`, password: 'correct horse battery' });
  const register = ({ email, password }: { email: string; password: string }) =>
    send(portcullis().url, REGISTER, { input: { email, password, transport: 'BODY' } });
  const count = async (table: string) =>
    Number((await database().query(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.['n']);
  const lastEvent = async () =>
    (await database().query('SELECT type, user_id, detail FROM audit_events ORDER BY id DESC LIMIT 1'))[0];

  it('is told who proved their password, from where, and nothing secret', async () => {
    const user = await registerUser(portcullis().url);
    asked.length = 0;
    await logIn(user, { deviceName: 'laptop' });
    expect(asked).toEqual([
      {
        operation: 'login',
        user: { id: user.userId, email: user.email, roles: ['USER'] },
        deviceName: 'laptop',
        ipAddress: '127.0.0.1',
        userAgent: expect.any(String),
      },
    ]);
  });

  it('is not asked about a wrong password', async () => {
    const user = await registerUser(portcullis().url);
    asked.length = 0;
    expect((await logIn({ ...user, password: 'another password' })).refusal).toEqual({
      code: 'INVALID_CREDENTIALS',
    });
    expect(asked).toEqual([]);
  });

  it('refuses with its reason: no session, a line in the security log', async () => {
    const user = await registerUser(portcullis().url);
    answer = ({ user: { email } }) => (email === user.email ? { veto: 'Pay your bill first.' } : undefined);
    const sessions = await count('sessions');
    const refused = await logIn(user);
    expect(refused.errors).toMatchObject([
      { message: 'Pay your bill first.', extensions: { code: 'FORBIDDEN', problem: 'LOGIN_VETOED' } },
    ]);
    expect(await count('sessions')).toBe(sessions);
    expect(await lastEvent()).toMatchObject({ type: 'LOGIN_FAILED', detail: 'LOGIN_VETOED' });
    await login(portcullis().url, ADMIN);
    answer = () => ({});
    await login(portcullis().url, user);
  });

  it('slows nobody down by a veto, who proved their password each time', async () => {
    const user = await registerUser(portcullis().url);
    answer = () => ({ veto: 'Not today.' });
    for (let attempt = 0; attempt < 25; attempt++)
      expect((await logIn(user)).refusal).toMatchObject({ code: 'FORBIDDEN' });
    answer = () => undefined;
    await login(portcullis().url, user);
  });

  it('leaves the session alone that the cookie of a vetoed login would replace', async () => {
    const user = await registerUser(portcullis().url);
    const first = await logIn(user, { transport: 'COOKIE' });
    const [cookie = ''] = first.setCookies[0]?.split(';') ?? [];
    answer = () => ({ veto: 'Not today.' });
    const { email, password } = user;
    const again = await send(portcullis().url, LOGIN, { input: { email, password } }, { cookie });
    expect([again.refusal?.['code'], again.setCookies]).toEqual(['FORBIDDEN', []]);
    const ended = await database().query('SELECT id FROM sessions WHERE ended_at IS NOT NULL');
    expect(ended).toEqual([]);
  });

  it('keeps an account from being made', async () => {
    answer = ({ user }) =>
      user.email.endsWith('@example.com') ? { veto: 'By invitation only.' } : undefined;
    const users = await count('users');
    const refused = await register(newcomer('uninvited'));
    expect(refused.errors).toMatchObject([
      { message: 'By invitation only.', extensions: { problem: 'LOGIN_VETOED' } },
    ]);
    expect(await count('users')).toBe(users);
    expect(await lastEvent()).toEqual({ type: 'LOGIN_FAILED', user_id: null, detail: 'LOGIN_VETOED' });
    answer = () => undefined;
    const made = await register(newcomer('uninvited'));
    expect(asked.map(({ operation }) => operation)).toEqual(['register', 'register']);
    expect(made.data.register.user).toMatchObject({ id: asked[1]?.user.id, email: 'uninvited@example.com' });
  });

  it('tells nobody by a veto who has an account', async () => {
    const user = await registerUser(portcullis().url);
    answer = () => ({ veto: 'By invitation only.' });
    const [taken, free] = [await register(user), await register(newcomer('somebody-else'))];
    expect(taken.errors).toEqual(free.errors);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('the service for bills is away'))],
    ['answers what it cannot mean', () => false],
    ['gives no reason', () => ({ veto: '' })],
    ['takes longer than three seconds', () => new Promise(() => undefined)],
  ])('fails closed where it %s', async (_title, does) => {
    const user = await registerUser(portcullis().url);
    const [sessions, events] = [await count('sessions'), await count('audit_events')];
    answer = () => does() as LoginVerdict;
    const refused = await logIn(user);
    expect(refused.refusal).toEqual({ code: 'UNAVAILABLE', retryAfter: 1 });
    expect((await register(newcomer('unlucky'))).refusal).toEqual({ code: 'UNAVAILABLE', retryAfter: 1 });
    expect([await count('sessions'), await count('audit_events')]).toEqual([sessions, events]);
    expect(
      portcullis()
        .log()
        .findLast(({ msg }) => msg === 'refused'),
    ).toMatchObject({
      code: 'UNAVAILABLE',
      err: { message: 'The hook beforeLogin failed.', cause: { message: expect.any(String) } },
    });
    answer = () => undefined;
    await login(portcullis().url, user);
  });
});
