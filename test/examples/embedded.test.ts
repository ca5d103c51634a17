import { bearer, login, REGISTER, REVOKE_SESSION, registerUser, send } from '../support/client.ts';
import { CHECKOUT, type Child, start, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN, SECRET } from '../support/server.ts';

const SIGN = 'mutation ($text: String!) { sign(text: $text) { number text by } }';

onSqlite('examples/embedded', (database) => {
  withProcesses();

  async function run(): Promise<{ program: Child; url: string }> {
    const program = start('npm', ['run', '--silent', 'example:embedded'], {
      cwd: CHECKOUT,
      env: {
        PORT: '0',
        DATABASE_URL: database().url,
        PORTCULLIS_SECRET: SECRET,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        LOG_LEVEL: 'warn',
      },
    });
    await program.until(() => program.stdout.includes('is at http'));
    return { program, url: /is at (\S+)/.exec(program.stdout)?.[1] ?? '' };
  }

  it('lets in who is signed in, until the session is revoked; and ends when it is told to', async () => {
    const { program, url } = await run();
    const user = await registerUser(url);
    const admin = bearer((await login(url, ADMIN)).accessToken);
    const caller = bearer(user.accessToken);
    const by = user.email.split('@')[0];
    const refused = await send(url, SIGN, { text: 'Hello' });
    expect(refused.refusal).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    const signed = await send(url, SIGN, { text: 'Hello' }, caller);
    expect(signed.data.sign).toEqual({ number: 1, text: 'Hello', by });

    const page = (headers = {}) => fetch(`${url}/entries.txt`, { headers });
    expect((await page()).status).toBe(401);
    expect(await (await page(caller)).text()).toBe(`For USER:\nHello (${by})\n`);
    expect(await (await fetch(url)).text()).toBe('The guest book. Ask at /graphql.\n');

    const ofAdmins = '{ guestBook { authorId } }';
    expect((await send(url, ofAdmins, {}, caller)).refusal).toEqual({ code: 'FORBIDDEN' });
    expect((await send(url, ofAdmins, {}, admin)).data.guestBook).toEqual([{ authorId: user.userId }]);
    const tornOut = await send(url, 'mutation { tearOut(number: 1) }', {}, admin);
    expect(tornOut.data).toEqual({ tearOut: true });

    await send(url, REVOKE_SESSION, { id: user.sessionId }, admin);
    const over = await send(url, SIGN, { text: 'Again' }, caller);
    expect(over.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' });
    expect((await page(caller)).status).toBe(401);
    await program.until(() =>
      program.stdout.includes(`Session ${user.sessionId} has ended: REVOKED_BY_ADMIN\n`),
    );

    program.kill();
    expect(await program.outcome()).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('"error"'),
    });
  }, 60_000);

  it('keeps out whom its hook does not want', async () => {
    const { program, url } = await run();
    const input = { email: 'troll@example.com', password: 'correct horse battery', transport: 'BODY' };
    expect((await send(url, REGISTER, { input })).errors).toMatchObject([
      { message: 'You have written enough.', extensions: { problem: 'LOGIN_VETOED' } },
    ]);
    program.kill();
    expect(await program.outcome()).toMatchObject({ status: 0 });
  }, 60_000);
});
