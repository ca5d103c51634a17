import { dictionary } from '@zxcvbn-ts/language-common';
import { checkPassword } from '../../src/accounts/password-policy.ts';
import { Refusal } from '../../src/errors/refusal.ts';
import { CHANGE_PASSWORD } from '../support/administration.ts';
import { bearer, LOGIN, login, REGISTER, registerUser, send } from '../support/client.ts';
import { userRow } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const POLICY = { passwordMinLength: 12 };
const common = dictionary['passwords-common'] as string[];
const commonOfPolicyLength = common.filter((password) => [...password].length >= 12);

/** The problem of a new password; undefined: it is taken. */
function problemOf(password: string, words: readonly string[] = [], policy = POLICY): unknown {
  try {
    checkPassword('password', password, policy, words);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.details['problem'];
    throw error;
  }
}

describe('A10 a new password', () => {
  it('is none of the common ones of policy length, with or without a capital', () => {
    expect(common.length).toBeGreaterThan(49_000);
    expect(commonOfPolicyLength.length).toBeGreaterThan(300);
    const spellings = commonOfPolicyLength.flatMap((password) => [
      password,
      `${password.charAt(0).toUpperCase()}${password.slice(1)}`,
    ]);
    expect(spellings.filter((password) => problemOf(password) !== 'TOO_COMMON')).toEqual([]);
  });

  it('is none of the shorter common ones made longer by repeating it, where the policy allows eight', () => {
    const eight = common.filter((password) => [...password].length === 8).slice(0, 100);
    expect(
      eight.filter((password) => problemOf(password, [], { passwordMinLength: 8 }) === undefined),
    ).toEqual([]);
    expect(eight.filter((password) => problemOf(password + password) === undefined)).toEqual([]);
  });

  it.each([
    ['the product', 'portcullis123'],
    ['the product', 'Portcullis2026'],
    ['the product', 'p0rtcull1s!!'],
    ['the product', 'portcullisportcullis'],
    ['the whole e-mail', 'zorvalquimby@example.com'],
    ['the whole e-mail', 'Zorvalquimby@Example.com'],
    ['the name in the e-mail', 'zorvalquimby'],
    ['the name in the e-mail', 'ZorvalQuimby2026'],
    ['the domain of the e-mail', 'example.com12'],
    ['the displayed name', 'Throgmorton1'],
    ['the displayed name', 'throgmorton!!'],
  ])('is not %s: %s', (_, password) => {
    expect(problemOf(password, ['zorvalquimby@example.com', 'Ada Throgmorton'])).toBe('TOO_COMMON');
  });

  it('may hold what belongs to somebody else', () => {
    expect(problemOf('zorvalquimby', ['ada@example.org'])).toBeUndefined();
  });

  it.each([
    ['a repetition', 'aaaaaaaaaaaaaaaa'],
    ['a repetition', '😀'.repeat(12)],
    ['a sequence', '123456789012'],
    ['a walk over the keyboard', 'qwertyuiop[]'],
  ])('is not %s', (_, password) => {
    expect(problemOf(password)).toBe('TOO_COMMON');
  });

  it('has the length that is asked, counted in characters, whatever they are', () => {
    expect(problemOf('plumbWorka7')).toBe('TOO_SHORT');
    expect(problemOf('plumbWorka7q')).toBeUndefined();
    expect(problemOf('😀😎🐙🚲🌵🎺🧩🛶🧵🥨🐢')).toBe('TOO_SHORT');
    expect(problemOf('😀😎🐙🚲🌵🎺🧩🛶🧵🥨🐢🪁')).toBeUndefined();
    expect(problemOf('plumbWor', [], { passwordMinLength: 8 })).toBeUndefined();
    expect(problemOf('correct horse', [], { passwordMinLength: 14 })).toBe('TOO_SHORT');
  });

  it('may have 64 characters and up to 1024; no more, and nothing is cut', () => {
    for (const length of [64, 65, 128, 1_024]) {
      expect(problemOf('vexing plumb quartz '.repeat(60).slice(0, length))).toBeUndefined();
    }
    expect(problemOf('x'.repeat(1_025))).toBe('TOO_LONG');
  });

  it.each([
    ['small letters', 'vexingplumbquartz'],
    ['capitals', 'VEXINGPLUMBQUARTZ'],
    ['digits', '830192746558310'],
    ['spaces and words', 'vexing plumb quartz'],
    ['signs', '{%(~^&|*;:,?<>)'],
    ['another script', 'замок на воде весной'],
    ['a space at each end', ' vexing plumb q '],
  ])('may be of %s alone: there is no rule of composition', (_, password) => {
    expect(problemOf(password)).toBeUndefined();
  });
});

onSqlite('A10 the same over HTTP', (database) => {
  const server = runServer(database);
  const register = (password: string, email = `rule-${Math.random()}@example.com`, displayName?: string) =>
    send(server().url, REGISTER, { input: { email, password, displayName, transport: 'BODY' } });
  const change = (accessToken: string, currentPassword: string, newPassword: string) =>
    send(server().url, CHANGE_PASSWORD, { input: { currentPassword, newPassword } }, bearer(accessToken));

  const cases: readonly (readonly [string, string])[] = [
    ['TOO_SHORT', 'elevenchars'],
    ['TOO_LONG', 'x'.repeat(1_025)],
    ['MALFORMED', `vexing plumb \ud800`],
    ['TOO_COMMON', 'portcullis123'],
    ...commonOfPolicyLength
      .filter((_, index) => index % 20 === 0)
      .map((each) => ['TOO_COMMON', each] as const),
  ];

  it('at register and changePassword alike, with field and problem, and nothing written', async () => {
    const user = await registerUser(server().url);
    const before = await userRow(database(), user.userId);
    for (const [problem, password] of cases) {
      expect((await register(password)).refusal).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'password',
        problem,
      });
      const refused = await change(user.accessToken, user.password, password);
      expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'newPassword', problem });
    }
    expect(await userRow(database(), user.userId)).toEqual(before);
    expect(await database().query("SELECT id FROM users WHERE email LIKE 'rule-%'")).toEqual([]);
    expect((await register('vexing plumb quartz')).errors).toBeUndefined();
  });

  it('the e-mail and the name of the account are known at both', async () => {
    const email = 'zorvalquimby@example.com';
    for (const password of [email, 'zorvalquimby', 'throgmorton!!']) {
      const refused = await register(password, email, 'Ada Throgmorton');
      expect(refused.refusal).toMatchObject({ field: 'password', problem: 'TOO_COMMON' });
    }
    const honest = (await register('vexing plumb quartz', email, 'Ada Throgmorton')).data.register;
    for (const password of [email, 'zorvalquimby', 'throgmorton!!']) {
      const refused = await change(honest.accessToken, 'vexing plumb quartz', password);
      expect(refused.refusal).toMatchObject({ field: 'newPassword', problem: 'TOO_COMMON' });
    }
  });

  it.each([
    ['64 characters', 'vexing plumb quartz '.repeat(4).slice(0, 64)],
    ['128 characters', 'vexing plumb quartz '.repeat(7).slice(0, 128)],
    ['a NUL in it', 'vexing plumb\u0000quartz'],
    ['outer spaces', '  vexing plumb quartz  '],
    ['emoji', '😀😎🐙🚲🌵🎺🧩🛶🧵🥨🐢🪁'],
    ['a combining mark', 'vexing plumb quartze\u0301'],
  ])('A9 %s: taken as they are, and only exactly they log in', async (_, password) => {
    const email = `exact-${Math.random()}@example.com`;
    const user = await registerUser(server().url);
    expect((await register(password, email)).errors).toBeUndefined();
    expect((await change(user.accessToken, user.password, password)).errors).toBeUndefined();
    const near = [
      password.trim(),
      password.slice(0, 72),
      password.slice(0, -1),
      `${password.slice(0, 73)}!${password.slice(74)}`,
      `${password} `,
      password.normalize('NFC'),
      password.replace('\u0000', ''),
      password.split('\u0000')[0] ?? '',
    ].filter((other) => other !== password && other.isWellFormed());
    for (const account of [email, user.email]) {
      await login(server().url, { email: account, password });
      for (const other of near) {
        const refused = await send(server().url, LOGIN, {
          input: { email: account, password: other, transport: 'BODY' },
        });
        expect(refused.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
      }
    }
  });
});
