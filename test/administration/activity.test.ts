import { ACTIVITY } from '../support/administration.ts';
import { bearer, LOGIN, LOGOUT, login, refreshWith, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { operatorEnvironment, portcullis, withProcesses } from '../support/processes.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;

interface Counts {
  readonly logins: number;
  readonly refreshes: number;
  readonly revocations: number;
  readonly failedLogins: number;
}

const NONE: Counts = { logins: 0, refreshes: 0, revocations: 0, failedLogins: 0 };

function sum(hours: readonly Counts[]): Counts {
  return hours.reduce(
    (all, each) => ({
      logins: all.logins + each.logins,
      refreshes: all.refreshes + each.refreshes,
      revocations: all.revocations + each.revocations,
      failedLogins: all.failedLogins + each.failedLogins,
    }),
    NONE,
  );
}

onEachDatabase('activity', (database) => {
  withProcesses();
  const servers: TestServer[] = [];
  const startOne = async () => {
    const server = await startTestServer(database());
    servers.push(server);
    return server;
  };
  const stopAll = () => Promise.all(servers.splice(0).map((server) => server.stop()));
  afterEach(stopAll);
  beforeEach(() =>
    database()
      .query('DELETE FROM activity_hours')
      .catch(() => undefined),
  );

  /** The headers of an admin, whose login is counted like any other. */
  const admin = async (url: string) => bearer((await login(url, ADMIN)).accessToken);
  const ask = async (url: string, headers: Record<string, string>): Promise<Counts> =>
    sum((await send(url, ACTIVITY, {}, headers)).data.activity);

  it('is a day of hours in a row, with zeros where nothing was, up to the current one', async () => {
    const { url } = await startOne();
    const before = Date.now();
    const { data } = await send(url, ACTIVITY, {}, await admin(url));
    const starts = data.activity.map(({ start }: { start: string }) => Date.parse(start));
    expect(starts).toHaveLength(24);
    const last = starts.at(-1) ?? 0;
    expect([before, Date.now()].map((time) => time - (time % HOUR))).toContain(last);
    expect(starts).toEqual(starts.map((_: number, index: number) => last - (23 - index) * HOUR));
    for (const hour of data.activity.slice(0, -2)) expect(hour).toMatchObject(NONE);
  });

  it('goes back as far as is asked for, within a week', async () => {
    const { url } = await startOne();
    const headers = await admin(url);
    for (const hours of [1, 168])
      expect((await send(url, ACTIVITY, { hours }, headers)).data.activity).toHaveLength(hours);
    for (const hours of [0, -1, 169]) {
      expect((await send(url, ACTIVITY, { hours }, headers)).refusal).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'hours',
        problem: 'OUT_OF_RANGE',
      });
    }
  });

  it('holds what happened at each instance, after all of them were stopped at once', async () => {
    const urls = [(await startOne()).url];
    if (database().kind === 'mysql') urls.push((await startOne()).url, (await startOne()).url);
    const headers = await admin(urls[0] ?? '');
    await Promise.all(
      urls.map(async (url) => {
        const user = await registerUser(url);
        await refreshWith(url, user.refreshToken);
        await login(url, user);
        await send(url, LOGIN, { input: { email: user.email, password: 'not the password' } });
        await send(url, LOGOUT, { input: { refreshToken: user.refreshToken } });
        // A second time there is nothing to end.
        await send(url, LOGOUT, { input: { refreshToken: user.refreshToken } });
      }),
    );
    await stopAll();
    const { url } = await startOne();
    const each = { logins: 2, refreshes: 1, revocations: 1, failedLogins: 1 };
    expect(await ask(url, headers)).toEqual(sum([...urls.map(() => each), { ...NONE, logins: 1 }]));
  });

  it('holds what a running instance does some seconds later, its refreshes too', async () => {
    const { url } = await startOne();
    const headers = await admin(url);
    const user = await registerUser(url);
    await refreshWith(url, user.refreshToken);
    await until(async () => (await ask(url, headers)).refreshes === 1);
    expect(await ask(url, headers)).toEqual({ ...NONE, logins: 2, refreshes: 1 });
  });

  it('holds sessions that the command line ended', async () => {
    const { url } = await startOne();
    const headers = await admin(url);
    const user = await registerUser(url);
    await login(url, user);
    const { status } = await portcullis(['revoke-all', user.email], { env: operatorEnvironment(database()) });
    expect(status).toBe(0);
    expect((await ask(url, headers)).revocations).toBe(2);
  });

  it('loses nothing, and holds nobody up, while it cannot be saved', async () => {
    const server = await startOne();
    const { url } = server;
    const headers = await admin(url);
    const warned = () =>
      server.log().filter(({ msg }) => msg === 'activity cannot be saved; it will be tried again').length;
    await database().query('ALTER TABLE activity_hours RENAME TO activity_hours_away');
    try {
      const user = await registerUser(url);
      await until(async () => warned() === 1);
      expect((await refreshWith(url, user.refreshToken)).errors).toBeUndefined();
    } finally {
      await database().query('ALTER TABLE activity_hours_away RENAME TO activity_hours');
    }
    await stopAll();
    expect(warned()).toBe(1);
    const { url: next } = await startOne();
    expect(await ask(next, headers)).toEqual({ ...NONE, logins: 2, refreshes: 1 });
  });
});
