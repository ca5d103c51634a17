import { LOGIN, REGISTER, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

/** Passwords that a library or a column could shorten or fold, and what each of them would then be taken for. */
const PASSWORDS: readonly (readonly [name: string, password: string, near: readonly string[]])[] = [
  ['64 characters', 'a'.repeat(64), ['a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}b`]],
  ['128 characters', `${'b'.repeat(127)}!`, ['b'.repeat(127), `${'b'.repeat(127)}?`, 'b'.repeat(72)]],
  // bcrypt reads 72 bytes.
  ['a difference at byte 73', `${'c'.repeat(72)}x`, [`${'c'.repeat(72)}y`, 'c'.repeat(72)]],
  [
    'a NUL within',
    'before\0after the NUL',
    ['before', 'before\0', 'before after the NUL', 'beforeafter the NUL'],
  ],
  ['a NUL at the end', 'twelve chars\0', ['twelve chars', 'twelve chars\0\0']],
  [
    'outer spaces',
    '  spaces on both sides  ',
    ['spaces on both sides', '  spaces on both sides', ' spaces on both sides '],
  ],
  ['only spaces', ' '.repeat(64), [' '.repeat(65), ' '.repeat(63), '']],
  ['inner spaces', 'two  spaces within', ['two spaces within', 'twospaceswithin']],
  [
    'emoji',
    '👩‍👩‍👧‍👦 and 🔑 and 🏳️‍🌈',
    ['👩👩👧👦 and 🔑 and 🏳️‍🌈', '?? and ? and ??', '👩‍👩‍👧‍👦 and 🔑 and 🏳🌈'],
  ],
  ['accents, composed', 'crème brûlée', ['cre\u0300me bru\u0302le\u0301e', 'creme brulee', 'CRÈME BRÛLÉE']],
  ['accents, decomposed', 'cre\u0300me bru\u0302le\u0301e', ['crème brûlée']],
  ['letter case', 'MiXeD CaSe PaSs', ['mixed case pass', 'MIXED CASE PASS']],
  ['other alphabets', 'пароль 密码 كلمة', ['пароль 密码', 'пароль 密碼 كلمة']],
];

onEachDatabase('A9 a password', (database) => {
  const server = runServer(database);

  it.each(PASSWORDS)(
    'with %s opens its account, and nothing that is nearly it does',
    async (name, password, near) => {
      const email = `${name.replaceAll(/\W/g, '-')}@a9.example`;
      const ask = (query: string, attempt: string) =>
        send(server().url, query, { input: { email, password: attempt, transport: 'BODY' } });
      expect((await ask(REGISTER, password)).errors).toBeUndefined();
      for (const wrong of near)
        expect((await ask(LOGIN, wrong)).refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
      expect((await ask(LOGIN, password)).errors).toBeUndefined();
    },
  );
});
