import { CHANGE_PASSWORD, REAUTHENTICATE } from '../support/administration.ts';
import { bearer, login, ME, registerUser, send, type Tokens } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import {
  attempt,
  checkedDuring,
  counters,
  endPauses,
  from,
  hashedDuring,
  prolongPauses,
  THROTTLED,
  throttledEvents,
} from '../support/throttle.ts';

jest.setTimeout(60_000);

onEachDatabase('the password of a signed-in user', (database) => {
  const server = runServer(database, THROTTLED);
  const reauthenticate = ({ accessToken }: Tokens, password: string, address = '192.0.2.1') =>
    send(server().url, REAUTHENTICATE, { password }, { ...bearer(accessToken), ...from(address) });
  const change = ({ accessToken }: Tokens, currentPassword: string, newPassword: string) =>
    send(
      server().url,
      CHANGE_PASSWORD,
      { input: { currentPassword, newPassword } },
      { ...bearer(accessToken), ...from('192.0.2.1') },
    );

  it('is guessed at five times at once, by whichever operation, and no more', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const checked = await checkedDuring(async () => {
      for (let index = 0; index < 3; index++)
        expect((await reauthenticate(user, `guess ${index}`)).refusal).toEqual({
          code: 'INVALID_CREDENTIALS',
        });
      for (let index = 0; index < 2; index++) {
        const refused = await change(user, `guess ${index}`, 'vexing plumb quartz');
        expect(refused.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
      }
      await prolongPauses(database());
      const limited = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };
      // From anywhere: it is the session that is counted.
      const answers = await Promise.all([
        reauthenticate(user, user.password),
        reauthenticate(user, user.password, '203.0.113.9'),
        change(user, user.password, 'vexing plumb quartz'),
      ]);
      for (const { refusal } of answers) expect(refusal).toEqual(limited);
    });
    expect(checked).toBe(5);
    expect(await counters(database())).toEqual(['5/0']);
    expect(await throttledEvents(database())).toEqual(['device']);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();

    // The owner is delayed nowhere else: not on the other device, not at a login, neither here nor elsewhere.
    expect((await reauthenticate(other, user.password)).errors).toBeUndefined();
    expect((await attempt(server().url, user, '127.0.0.1')).errors).toBeUndefined();
    expect((await attempt(server().url, user, '192.0.2.1')).errors).toBeUndefined();
    expect((await attempt(server().url, user, '198.51.100.3')).errors).toBeUndefined();
  });

  it('costs no hash of a new password before it is proven', async () => {
    const user = await registerUser(server().url);
    const refused = await hashedDuring(async () => {
      for (let index = 0; index < 4; index++) await change(user, 'not the password', 'vexing plumb quartz');
    });
    expect(refused).toBe(0);
    const proven = await hashedDuring(() => change(user, user.password, 'vexing plumb quartz'));
    expect(proven).toBe(1);
  });

  it('once proven, forgets the failures before it', async () => {
    const user = await registerUser(server().url);
    const before = await counters(database());
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++) await reauthenticate(user, 'not the password');
      expect((await counters(database())).length).toBe(before.length + 1);
      expect((await reauthenticate(user, user.password)).errors).toBeUndefined();
      expect(await counters(database())).toEqual(before);
    }
    for (let index = 0; index < 4; index++) await change(user, 'not the password', 'vexing plumb quartz');
    expect((await change(user, user.password, 'vexing plumb quartz')).errors).toBeUndefined();
    expect(await counters(database())).toEqual(before);
  });

  it('is tried again after the pause', async () => {
    const user = await registerUser(server().url);
    for (let index = 0; index < 5; index++) await reauthenticate(user, 'not the password');
    await endPauses(database());
    expect((await reauthenticate(user, user.password)).errors).toBeUndefined();
  });

  it('is not counted where the input is refused', async () => {
    const user = await registerUser(server().url);
    const before = await counters(database());
    for (let index = 0; index < 7; index++) {
      expect((await reauthenticate(user, 'x'.repeat(1_025))).refusal?.['problem']).toBe('TOO_LONG');
      expect((await change(user, 'not the password', 'short')).refusal?.['problem']).toBe('TOO_SHORT');
    }
    expect(await counters(database())).toEqual(before);
  });
});
