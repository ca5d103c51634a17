import { Browser } from '../support/browser.ts';
import { bearer, LOGIN, login, ME, REFRESH, registerUser, send, type Tokens } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, changeUser, count, sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const INVALID = { code: 'INVALID_CREDENTIALS' };

onEachDatabase('login', (database) => {
  const server = runServer(database);
  let account: { email: string; password: string };
  let user: Tokens;
  beforeAll(async () => {
    const { email, password, ...tokens } = await registerUser(server().url);
    account = { email, password };
    user = tokens;
  });
  const attempt = (input: object, headers = {}) =>
    send(server().url, LOGIN, { input: { ...account, transport: 'BODY', ...input } }, headers);
  const lives = async (accessToken: string) =>
    (await send(server().url, ME, {}, bearer(accessToken))).errors === undefined;

  it('A8 gives one answer to an unknown e-mail, a wrong password, a suspended and a deleted account', async () => {
    const suspended = await registerUser(server().url);
    const deleted = await registerUser(server().url);
    await changeUser(database(), suspended.userId, { status: 'SUSPENDED' });
    await changeUser(database(), deleted.userId, { status: 'DELETED', email: null });
    const answers = [
      await attempt({ password: 'not the password' }),
      await attempt({ email: 'nobody@example.com' }),
      await attempt({ email: '' }),
      await attempt({ password: '' }),
      await attempt({ email: suspended.email, password: suspended.password }),
      await attempt({ email: deleted.email, password: deleted.password }),
    ];
    for (const answer of answers) {
      expect(answer.refusal).toEqual(INVALID);
      expect(answer.text).toBe(answers[0]?.text);
      expect(answer.setCookies).toEqual([]);
    }
    expect((await attempt({})).errors).toBeUndefined();
  });

  it('A9 compares the whole password: nothing is trimmed, folded or cut', async () => {
    const password = `${'x'.repeat(72)}Y \u00e9 ${'z'.repeat(52)} `;
    const long = { email: `long-${Date.now()}@example.com`, password };
    await send(server().url, 'mutation ($input: RegisterInput!) { register(input: $input) { tokenType } }', {
      input: { ...long, transport: 'BODY' },
    });
    const near = [
      password.trimEnd(),
      ` ${password}`,
      password.replace('Y', 'Z'),
      password.toLowerCase(),
      password.normalize('NFD'),
      password.slice(0, 72),
      `${password}\u0000`,
    ];
    for (const wrong of near) expect((await attempt({ ...long, password: wrong })).refusal).toEqual(INVALID);
    expect((await attempt(long)).errors).toBeUndefined();
  });

  it('audits a success with its session and a failure without what was typed', async () => {
    const { sessionId, userId } = await login(server().url, account);
    const [begun] = await auditOf(database(), sessionId);
    expect(begun).toMatchObject({ type: 'LOGIN_SUCCEEDED', ip_address: '127.0.0.1', detail: null });
    expect(userId).toBe(user.userId);

    const failures = await count(database(), "audit_events WHERE type = 'LOGIN_FAILED'");
    await attempt({ email: 'my password by mistake', password: 'x' });
    expect(await count(database(), "audit_events WHERE type = 'LOGIN_FAILED'")).toBe(failures + 1);
    const [last] = await database().query(
      "SELECT * FROM audit_events WHERE type = 'LOGIN_FAILED' ORDER BY id DESC LIMIT 1",
    );
    expect(last).toMatchObject({ user_id: null, session_id: null, detail: 'INVALID_CREDENTIALS' });
  });

  it('ignores a bearer that does not verify, and touches no session for one that does', async () => {
    const before = await login(server().url, account);
    for (const accessToken of ['rubbish', `${before.accessToken}x`]) {
      expect((await attempt({}, bearer(accessToken))).errors).toBeUndefined();
    }
    expect((await attempt({}, bearer(before.accessToken))).errors).toBeUndefined();
    expect(await lives(before.accessToken)).toBe(true);
  });

  it('A12 with a good refresh cookie ends that session (LOGOUT) and starts one with new identifiers', async () => {
    const page = new Browser(server().url);
    const first = (await page.send(LOGIN, { input: account })).data.login;
    const oldToken = page.refreshToken;
    const second = (await page.send(LOGIN, { input: account })).data.login;
    expect(second.session.id).not.toBe(first.session.id);
    expect(page.refreshToken).not.toBe(oldToken);
    expect(await lives(first.accessToken)).toBe(false);
    expect(await lives(second.accessToken)).toBe(true);
    const events = await auditOf(database(), first.session.id);
    expect(events.map(({ type, detail }) => [type, detail])).toEqual([
      ['LOGIN_SUCCEEDED', null],
      ['SESSION_ENDED', 'LOGOUT'],
    ]);
    const row = await sessionRow(database(), second.session.id);
    const old = await sessionRow(database(), first.session.id);
    expect(row['secret']).not.toEqual(old['secret']);
  });

  it('A12 ends the session that the cookie held before even when it was somebody else’s', async () => {
    const page = new Browser(server().url);
    const other = await registerUser(server().url);
    const first = (await page.send(LOGIN, { input: loginOf(other) })).data.login;
    const second = (await page.send(LOGIN, { input: account })).data.login;
    expect(await lives(first.accessToken)).toBe(false);
    expect(await lives(second.accessToken)).toBe(true);
    expect(await lives(other.accessToken)).toBe(true);
  });

  it('A12 never adopts a planted cookie, and leaves alone what the cookie cannot prove', async () => {
    const victim = await login(server().url, account);
    const tampered = `${victim.refreshToken.slice(0, -2)}AA`;
    for (const planted of ['rubbish', tampered, `pr1_${'A'.repeat(72)}`]) {
      const page = new Browser(server().url);
      page.plant(`refresh_token=${planted}`);
      const { session, accessToken } = (await page.send(LOGIN, { input: account })).data.login;
      expect(session.id).not.toBe(victim.sessionId);
      expect(page.refreshToken).not.toBe(planted);
      expect(await lives(accessToken)).toBe(true);
      expect(await lives(victim.accessToken)).toBe(true);
    }
  });

  it('leaves the session of the cookie alone when the password is wrong', async () => {
    const page = new Browser(server().url);
    const first = (await page.send(LOGIN, { input: account })).data.login;
    const refused = await page.send(LOGIN, { input: { ...account, password: 'not the password' } });
    expect(refused.refusal).toEqual(INVALID);
    expect(refused.setCookies).toEqual([]);
    expect(await lives(first.accessToken)).toBe(true);
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });

  it.each([
    ['password', 'TOO_LONG', { password: 'x'.repeat(1025) }],
    ['password', 'MALFORMED', { password: 'x\ud800' }],
    ['deviceName', 'TOO_LONG', { deviceName: 'x'.repeat(101) }],
    ['deviceName', 'MALFORMED', { deviceName: '\u001b[31m' }],
  ])('refuses a %s that is %s before it looks at the account', async (field, problem, input) => {
    const sessions = await count(database(), 'sessions');
    expect((await attempt(input)).refusal).toEqual({ code: 'BAD_USER_INPUT', field, problem });
    expect(await count(database(), 'sessions')).toBe(sessions);
  });
});

function loginOf({ email, password }: { email: string; password: string }) {
  return { email, password };
}
