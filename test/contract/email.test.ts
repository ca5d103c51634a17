import { login, REGISTER, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

const PASSWORD = 'one password for all of them';

/**
 * E-mails in the order in which they register, and what each is told. A collation that folds case, accents, widths or
 * trailing spaces would say TAKEN where it is NEW; one that compares what was typed would say NEW where it is TAKEN.
 */
const ADDRESSES: readonly (readonly [email: string, told: 'NEW' | 'TAKEN' | 'MALFORMED', why: string])[] = [
  ['admin@a13.example', 'NEW', 'the first one'],
  ['Admin@a13.example', 'TAKEN', 'letter case'],
  ['ADMIN@A13.EXAMPLE', 'TAKEN', 'letter case of all'],
  ['admin@a13.example ', 'TAKEN', 'a space after it'],
  ['\t admin@a13.example\r\n', 'TAKEN', 'white space around it'],
  ['\u00a0admin@a13.example\ufeff', 'TAKEN', 'the white space of Unicode around it'],
  ['ádmin@a13.example', 'NEW', 'an accent'],
  ['a\u0301dmin@a13.example', 'TAKEN', 'the same accent, decomposed'],
  ['ÁDMIN@a13.example', 'TAKEN', 'the same accent in upper case'],
  ['ａdmin@a13.example', 'NEW', 'a full-width letter'],
  ['аdmin@a13.example', 'NEW', 'a Cyrillic letter'],
  ['admın@a13.example', 'NEW', 'a dotless i'],
  ['straße@a13.example', 'NEW', 'a sharp s'],
  ['strasse@a13.example', 'NEW', 'which is not ss'],
  ['admin\u200b@a13.example', 'NEW', 'a space of no width'],
  ['admin @a13.example', 'MALFORMED', 'a space within'],
  ['admin\0@a13.example', 'MALFORMED', 'a NUL'],
];

onEachDatabase('A13 an e-mail is one account, byte for byte', (database) => {
  const server = runServer(database);

  async function register(email: string): Promise<unknown> {
    const answer = await send(server().url, REGISTER, {
      input: { email, password: PASSWORD, transport: 'BODY' },
    });
    return answer.refusal?.['problem'] ?? (answer.data?.register ? 'NEW' : answer.text);
  }

  it.each(ADDRESSES)('%j is %s: %s', async (email, told) => {
    expect(await register(email)).toBe(told);
  });

  it('logs every spelling in to the account that it names', async () => {
    const found = new Map<string, Set<string>>();
    for (const [email, told] of ADDRESSES) {
      if (told === 'MALFORMED') continue;
      const { userId } = await login(server().url, { email, password: PASSWORD });
      found.set(userId, new Set([...(found.get(userId) ?? []), email]));
    }
    expect(found.size).toBe(ADDRESSES.filter(([, told]) => told === 'NEW').length);
    expect([...found.values()].map((spellings) => spellings.size).sort()).toEqual([1, 1, 1, 1, 1, 1, 3, 6]);
  });
});
