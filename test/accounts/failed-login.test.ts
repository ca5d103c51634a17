import { PasswordHasher } from '../../src/accounts/password-hasher.ts';
import { LOGIN, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { changeUser } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

/** Headers that differ from one answer to the next whatever was asked. */
const OF_THE_MOMENT = ['date', 'x-request-id'];

onEachDatabase('A8 a login that fails', (database) => {
  const server = runServer(database);

  /** Everything that a client can see of an answer. */
  async function bytesOf(email: string, password: string): Promise<string> {
    const answer = await send(server().url, LOGIN, { input: { email, password } });
    const headers = [...answer.headers].filter(([name]) => !OF_THE_MOMENT.includes(name));
    return JSON.stringify([answer.status, headers, answer.text]);
  }

  it('has the same bytes for an unknown e-mail, a wrong password, a suspended and a deleted account', async () => {
    const known = await registerUser(server().url);
    const suspended = await registerUser(server().url);
    const deleted = await registerUser(server().url);
    await changeUser(database(), suspended.userId, { status: 'SUSPENDED' });
    await changeUser(database(), deleted.userId, { status: 'DELETED', email: null });
    const failures: readonly (readonly [string, string])[] = [
      ['nobody@example.com', known.password],
      ['no e-mail at all', known.password],
      ['', known.password],
      [known.email, 'a wrong password'],
      [known.email, ''],
      [suspended.email, suspended.password],
      [suspended.email, 'a wrong password'],
      [deleted.email, deleted.password],
    ];
    const answers = new Set<string>();
    for (let round = 0; round < 3; round++) {
      for (const [email, password] of failures) answers.add(await bytesOf(email, password));
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('INVALID_CREDENTIALS');
    // The control: the right password is answered otherwise.
    expect(await bytesOf(known.email, known.password)).toContain('accessToken');
  });

  it('costs one hash whichever it is', async () => {
    const known = await registerUser(server().url);
    const verified = jest.spyOn(PasswordHasher.prototype, 'verify');
    await bytesOf('nobody@example.com', known.password);
    await bytesOf(known.email, 'a wrong password');
    await changeUser(database(), known.userId, { status: 'SUSPENDED' });
    await bytesOf(known.email, known.password);
    const parameters = verified.mock.calls.map(([stored]) => String(stored).split('$').slice(1, 4).join());
    expect(parameters).toEqual(Array(3).fill('argon2id,v=19,m=19456,t=2,p=1'));
    verified.mockRestore();
  });
});
