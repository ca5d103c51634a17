import { Browser } from '../support/browser.ts';
import { type Answer, bearer, login, ME, REGISTER, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { count, snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const PASSWORD = 'twelve and more';
let made = 0;
const freshEmail = () => `register-${++made}@example.com`;

onEachDatabase('register', (database) => {
  const server = runServer(database);
  const register = (input: object): Promise<Answer> =>
    send(server().url, REGISTER, {
      input: { email: freshEmail(), password: PASSWORD, transport: 'BODY', ...input },
    });
  const badInput = (field: string, problem: string) => ({ code: 'BAD_USER_INPUT', field, problem });

  it('gives every user USER and nobody more', async () => {
    const { user } = (await register({})).data.register;
    expect(user.roles).toEqual(['USER']);
  });

  it('signs in with what was registered, and writes who was created', async () => {
    const email = freshEmail();
    const { user } = (await register({ email })).data.register;
    expect((await login(server().url, { email, password: PASSWORD })).userId).toBe(user.id);
    const rows = await database().query("SELECT * FROM audit_events WHERE type = 'USER_CREATED'");
    const [last] = rows.filter((row) => idOf(row['user_id']) === user.id);
    expect(idOf(last?.['actor_id'])).toBe(user.id);
  });

  it.each([
    ['email', 'MALFORMED', { email: 'nobody' }],
    ['email', 'MALFORMED', { email: '' }],
    ['email', 'MALFORMED', { email: 'a b@example.com' }],
    ['email', 'MALFORMED', { email: 'a@example.com\nbcc: b@example.com' }],
    ['email', 'MALFORMED', { email: 'a\u0000@example.com' }],
    ['email', 'MALFORMED', { email: 'a\ud800@example.com' }],
    ['email', 'MALFORMED', { email: 'a@b@example.com' }],
    ['email', 'TOO_LONG', { email: `${'a'.repeat(243)}@example.com` }],
    ['password', 'TOO_SHORT', { password: 'eleven char' }],
    ['password', 'TOO_SHORT', { password: '😀'.repeat(11) }],
    ['password', 'TOO_LONG', { password: 'x'.repeat(1025) }],
    ['password', 'MALFORMED', { password: `${PASSWORD}\ud800` }],
    ['deviceName', 'TOO_LONG', { deviceName: 'x'.repeat(101) }],
    ['deviceName', 'MALFORMED', { deviceName: 'a\u0007b' }],
    ['displayName', 'TOO_LONG', { displayName: 'x'.repeat(101) }],
    ['displayName', 'MALFORMED', { displayName: 'a\u0000b' }],
  ])('refuses a %s that is %s and changes nothing: %j', async (field, problem, input) => {
    const before = await snapshot(database());
    const answer = await register(input);
    expect(answer.refusal).toEqual(badInput(field, problem));
    expect(answer.status).toBe(200);
    expect(await snapshot(database())).toBe(before);
  });

  it('takes what just fits: the longest e-mail, names and password, and emoji counted as one each', async () => {
    const answer = await register({
      email: `${'a'.repeat(242)}@example.com`,
      password: 'x'.repeat(1024),
      deviceName: '😀'.repeat(100),
      displayName: 'ø'.repeat(100),
    });
    expect(answer.data.register.session.deviceName).toBe('😀'.repeat(100));
    expect((await register({ password: '😀😎🐙🚲🌵🎺🧩🛶🧵🥨🐢🪁' })).errors).toBeUndefined();
    expect(
      (await register({ deviceName: '  ', displayName: '' })).data.register.session.deviceName,
    ).toBeNull();
  });

  it('A13 has one account for every spelling of an e-mail, and two for two addresses', async () => {
    const owner = (await register({ email: 'Älice@Example.com' })).data.register;
    expect(owner.user.email).toBe('älice@example.com');
    const before = await snapshot(database());
    const spellings = [
      'älice@example.com',
      'ÄLICE@EXAMPLE.COM',
      '  Älice@example.com\t',
      'a\u0308lice@example.com',
    ];
    for (const email of spellings) {
      expect((await register({ email })).refusal).toEqual(badInput('email', 'TAKEN'));
    }
    expect(await snapshot(database())).toBe(before);
    for (const email of spellings) {
      expect((await login(server().url, { email, password: PASSWORD })).userId).toBe(owner.user.id);
    }
    const other = (await register({ email: 'alice@example.com', password: `${PASSWORD}!` })).data.register;
    expect(other.user.id).not.toBe(owner.user.id);
    expect((await register({ email: 'ádmin@example.com' })).errors).toBeUndefined();
  });

  it('creates one account of twenty racing for an address, and tells the others that it is taken', async () => {
    const email = freshEmail();
    const users = await count(database(), 'users');
    const answers = await Promise.all(Array.from({ length: 20 }, () => register({ email })));
    expect(answers.filter((answer) => answer.errors === undefined)).toHaveLength(1);
    for (const { refusal } of answers.filter((answer) => answer.errors !== undefined)) {
      expect(refusal).toEqual(badInput('email', 'TAKEN'));
    }
    expect(await count(database(), 'users')).toBe(users + 1);
  });

  it('replaces the session that the cookie held before', async () => {
    const page = new Browser(server().url);
    const first = await page.send(REGISTER, { input: { email: freshEmail(), password: PASSWORD } });
    const second = await page.send(REGISTER, { input: { email: freshEmail(), password: PASSWORD } });
    const old = await page.send(ME, {}, bearer(first.data.register.accessToken));
    expect(old.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    const now = await page.send(ME, {}, bearer(second.data.register.accessToken));
    expect(now.data.me.id).toBe(second.data.register.user.id);
  });

  it('leaves the session of the cookie alone when it is refused', async () => {
    const page = new Browser(server().url);
    const input = { email: freshEmail(), password: PASSWORD };
    const first = await page.send(REGISTER, { input });
    const again = await page.send(REGISTER, { input });
    expect(again.refusal).toEqual(badInput('email', 'TAKEN'));
    expect(again.setCookies).toEqual([]);
    expect((await page.send(ME, {}, bearer(first.data.register.accessToken))).errors).toBeUndefined();
  });
});

onEachDatabase('register while registration is closed', (database) => {
  const server = runServer(database, { REGISTRATION: 'closed' });

  it('is FORBIDDEN whatever the input is, and creates nothing; those who are there log in', async () => {
    const before = await snapshot(database());
    for (const input of [
      { email: 'stranger@example.com', password: PASSWORD, transport: 'BODY' },
      { email: 'admin@example.com', password: PASSWORD, transport: 'BODY' },
      { email: 'malformed', password: '', transport: 'BODY' },
    ]) {
      const answer = await send(server().url, REGISTER, { input });
      expect(answer.refusal).toEqual({ code: 'FORBIDDEN' });
      expect(answer.setCookies).toEqual([]);
    }
    expect(await snapshot(database())).toBe(before);
    await login(server().url);
  });
});

function idOf(bytes: unknown): string {
  const hex = Buffer.from(bytes as Buffer).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
