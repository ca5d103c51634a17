import { bearer, LOGOUT, login, REVOKE_SESSION, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

const DAY = 86_400_000;

interface Listed {
  readonly id: string;
  readonly endReason: string | null;
  readonly endedBy: string | null;
}

onMysql('session list', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  /** A user with a live session, one that logged out and one that was not used for eight days. */
  async function threeSessions() {
    const user = await registerUser(server().url);
    const loggedOut = await login(server().url, user);
    await send(server().url, LOGOUT, { input: { refreshToken: loggedOut.refreshToken } });
    const idle = await login(server().url, user);
    await database().age(idle.sessionId, 8 * DAY);
    const live = await login(server().url, user, { deviceName: 'a phone' });
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    return { user, live: live.sessionId, idle: idle.sessionId, loggedOut: loggedOut.sessionId };
  }

  it('shows the live sessions of one user, by e-mail or id', async () => {
    const { user, live } = await threeSessions();
    const table = await portcullis(['session', 'list', user.email], { env: env() });
    const [heading, ...rows] = table.stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^ID +DEVICE +ADDRESS +LAST SEEN \(UTC\)$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([[live, 'a phone', '127.0.0.1']]);

    const json = await portcullisJson(['session', 'list', user.userId.toUpperCase()], { env: env() });
    expect(json).toEqual([
      {
        id: live,
        userId: user.userId,
        createdAt: expect.any(String),
        lastSeenAt: expect.any(String),
        authenticatedAt: expect.any(String),
        idleExpiresAt: expect.any(String),
        expiresAt: expect.any(String),
        ipAddress: '127.0.0.1',
        userAgent: expect.any(String),
        deviceName: 'a phone',
        endedAt: null,
        endReason: null,
        endedBy: null,
      },
    ]);
  });

  it('shows the ended ones too with --all, and why they ended', async () => {
    const { user, live, idle, loggedOut } = await threeSessions();
    const all: Listed[] = await portcullisJson(['session', 'list', user.email, '--all'], { env: env() });
    expect(new Map(all.map(({ id, endReason }) => [id, endReason]))).toEqual(
      new Map([
        [live, null],
        [user.sessionId, 'LOGOUT'],
        [loggedOut, 'LOGOUT'],
        [idle, 'IDLE_TIMEOUT'],
      ]),
    );
    const { stdout } = await portcullis(['session', 'list', user.email, '--all'], { env: env() });
    expect(stdout).toMatch(new RegExp(`^${idle} .* IDLE_TIMEOUT$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${loggedOut} .* LOGOUT +${user.email}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${live} .* live$`, 'm'));
  });

  it('says who ended a session: its user, an admin, or the operator, who has no name', async () => {
    const user = await registerUser(server().url);
    const admin = await login(server().url);
    const byAdmin = await login(server().url, user);
    const byOperator = await login(server().url, user);
    await send(server().url, REVOKE_SESSION, { id: user.sessionId }, bearer(user.accessToken));
    await send(server().url, REVOKE_SESSION, { id: byAdmin.sessionId }, bearer(admin.accessToken));
    await portcullis(['session', 'revoke', byOperator.sessionId], { env: env() });

    const all: Listed[] = await portcullisJson(['session', 'list', user.email, '--all'], { env: env() });
    expect(new Map(all.map(({ id, endedBy }) => [id, endedBy]))).toEqual(
      new Map([
        [user.sessionId, user.userId],
        [byAdmin.sessionId, admin.userId],
        [byOperator.sessionId, null],
      ]),
    );
    const { stdout } = await portcullis(['session', 'list', user.email, '--all'], { env: env() });
    expect(stdout).toMatch(new RegExp(`^${byAdmin.sessionId} .* REVOKED_BY_ADMIN +${ADMIN.email}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${byOperator.sessionId} .* REVOKED_BY_ADMIN$`, 'm'));
  });

  it('says so when there is none, and when there is no such user', async () => {
    const user = await registerUser(server().url);
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    const none = await portcullis(['session', 'list', user.email], { env: env() });
    expect(none).toMatchObject({ status: 0, stdout: `${user.email} has no live sessions.\n` });
    const unknown = await portcullis(['session', 'list', 'nobody@example.com'], { env: env() });
    expect(unknown).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'portcullis: No user has the e-mail or id "nobody@example.com".\n',
    });
  });
});
