import { PasswordHasher } from '../../src/accounts/password-hasher.ts';
import { endSessions } from '../../src/sessions/end-sessions.ts';
import { Transactions } from '../../src/storage/transactions.ts';

/** The transactions of the server that `start` starts, for changes that no operation of this version makes. */
export async function transactionsOf<T>(start: () => Promise<T>): Promise<[T, Transactions]> {
  let found: Transactions | undefined;
  const { run } = Transactions.prototype;
  const spy = jest.spyOn(Transactions.prototype, 'run');
  spy.mockImplementation(function (this: Transactions, ...args: Parameters<typeof run>) {
    found = this;
    return run.apply(this, args);
  } as typeof run);
  const started = await start().finally(() => spy.mockRestore());
  if (found === undefined) throw new Error('The server ran no transaction.');
  return [started, found];
}

/** Sets another password and ends every session, as DESIGN section 5 wants it: under the user's lock, in one transaction. */
export async function changePassword(
  transactions: Transactions,
  userId: string,
  password: string,
): Promise<void> {
  const passwordHash = await new PasswordHasher().hash(password);
  await transactions.run([userId], async (tx) => {
    const user = tx.user(userId);
    if (user === undefined) throw new Error('There is no such user.');
    await tx.updateUser(user, { passwordHash, tokenVersion: user.tokenVersion + 1 });
    const nobody = { actorId: null, ipAddress: null, userAgent: null };
    await endSessions(tx, await tx.openSessions(userId), 'PASSWORD_CHANGED', nobody);
  });
}
