import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteDriver } from '../../src/storage/sqlite-driver.ts';
import { bearer, LOGOUT, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOf, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('session revoke', (database) => {
  withProcesses();
  const server = runServer(database);

  async function revoke(...args: string[]) {
    return portcullis(['session', 'revoke', ...args], { env: operatorEnvironment(database()) });
  }

  it('E1 ends the session for the running server from its next request on, and no other', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();

    const { status, stdout } = await revoke(user.sessionId);
    const gone = { reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' };
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).refusal).toMatchObject(gone);
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toMatchObject(gone);
    expect((await send(server().url, ME, {}, bearer(other.accessToken))).errors).toBeUndefined();

    expect(status).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^Session ${user.sessionId} ended at [-0-9: ]+ \\(UTC\\): REVOKED_BY_ADMIN\n$`),
    );
    const events = await auditOf(database(), user.sessionId, 'SESSION_ENDED');
    expect(events).toMatchObject([{ actor_id: null, detail: 'REVOKED_BY_ADMIN', ip_address: null }]);
  });

  it('returns one that has ended already as it is', async () => {
    const user = await registerUser(server().url);
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    const before = await snapshot(database());
    const revoked = await portcullisJson(['session', 'revoke', user.sessionId], {
      env: operatorEnvironment(database()),
    });
    expect(revoked).toMatchObject({ id: user.sessionId, endReason: 'LOGOUT' });
    expect(await snapshot(database())).toBe(before);
  });

  it('H2 keeps its log to JSON lines on stderr, when LOG_LEVEL asks for one', async () => {
    const { sessionId } = await registerUser(server().url);
    const env = { ...operatorEnvironment(database()), LOG_LEVEL: 'info' };
    const { stdout, stderr } = await portcullis(['session', 'revoke', sessionId, '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ id: sessionId });
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).audit)).toMatchObject([{ type: 'SESSION_ENDED', sessionId }]);
  });

  it('tells an unknown session from an argument that is no id', async () => {
    const unknown = '0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a';
    expect(await revoke(unknown)).toMatchObject({
      status: 1,
      stderr: `portcullis: There is no session ${unknown}.\n`,
    });
    expect(await revoke("1' OR '1'='1")).toMatchObject({ status: 2, stdout: '' });
  });
});

onSqlite('session revoke while another process writes to the SQLite file', (database) => {
  withProcesses();
  const server = runServer(database);

  it('waits for its turn', async () => {
    const user = await registerUser(server().url);
    const writer = new (sqliteDriver())(database().url.replace('sqlite:', ''));
    writer.exec('BEGIN IMMEDIATE');
    const revoking = portcullis(['session', 'revoke', user.sessionId], {
      env: operatorEnvironment(database()),
    });
    // Longer than the command needs to get there.
    await sleep(2_000);
    writer.exec('COMMIT');
    writer.close();
    expect(await revoking).toMatchObject({ status: 0 });
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).refusal).toMatchObject({
      reason: 'SESSION_ENDED',
    });
  });
});
