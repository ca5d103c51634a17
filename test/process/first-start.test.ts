import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bearer, LOGIN, ME, send } from '../support/client.ts';
import { type Child, newFolder, startServe, withProcesses } from '../support/processes.ts';

function passwordIn({ stdout }: Pick<Child, 'stdout'>): string | undefined {
  return /^ {2}Password +(\S+)/m.exec(stdout)?.[1];
}

function loginRequestIn({ stdout }: Pick<Child, 'stdout'>): string {
  return /^ {2}(curl .*)$/m.exec(stdout)?.[1] ?? 'false';
}

/** What a person's shell makes of a pasted line. */
async function paste(line: string) {
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  return JSON.parse(stdout);
}

describe('a start on nothing', () => {
  withProcesses();

  it('makes its database and secret, readable to their owner alone', async () => {
    const cwd = newFolder();
    await startServe({ cwd }).ready();
    const files = readdirSync(join(cwd, 'data'));
    expect(files).toEqual(expect.arrayContaining(['portcullis.sqlite', 'portcullis.sqlite.secret']));
    expect(files.map((name) => [name, statSync(join(cwd, 'data', name)).mode & 0o777])).toEqual(
      files.map((name) => [name, 0o600]),
    );
    expect(statSync(join(cwd, 'data')).mode & 0o777).toBe(0o700);
    expect(readdirSync(cwd)).toEqual(['data']);
  });

  it('prints a banner whose addresses answer and whose login request works as it is pasted', async () => {
    const server = startServe();
    const url = await server.ready();
    const shown = [...server.stdout.matchAll(/^ {2}(Console|GraphQL|GraphiQL|Keys) +(\S+)/gm)];
    expect(shown.map(([, name, address]) => [name, address])).toEqual([
      ['Console', `${url}/`],
      ['GraphQL', `${url}/graphql`],
      ['GraphiQL', `${url}/graphql`],
      ['Keys', `${url}/.well-known/jwks.json`],
    ]);
    const accept = { headers: { accept: 'text/html' } };
    for (const address of [`${url}/`, `${url}/graphql`, `${url}/.well-known/jwks.json`]) {
      expect((await fetch(address, accept)).status).toBe(200);
    }
    const { data } = await paste(loginRequestIn(server));
    const me = await send(url, ME, {}, bearer(data.login.accessToken));
    expect(me.data.me).toMatchObject({ email: 'admin@example.com', roles: ['USER', 'ADMIN'] });
  });

  it('H2 keeps the password to stdout, and its log to JSON lines on stderr', async () => {
    const server = startServe({ env: { LOG_LEVEL: 'trace' } });
    await server.ready();
    const password = passwordIn(server);
    expect(password).toMatch(/^\S{24}$/);
    server.kill();
    const { stderr } = await server.outcome();
    expect(stderr).not.toContain(password);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expect.arrayContaining(['ready', 'stopped']));
  });

  it('prints no password that was given, and leaves a place for it', async () => {
    const given = {
      BOOTSTRAP_ADMIN_EMAIL: "o'brien@example.com",
      BOOTSTRAP_ADMIN_PASSWORD: 'it is my password',
    };
    const server = startServe({ env: given });
    await server.ready();
    expect(server.stdout).toContain("First admin  o'brien@example.com");
    expect(server.stdout).not.toContain(given.BOOTSTRAP_ADMIN_PASSWORD);
    const request = loginRequestIn(server).replace('YOUR_PASSWORD', given.BOOTSTRAP_ADMIN_PASSWORD);
    expect(await paste(request)).toMatchObject({ data: { login: { accessToken: expect.any(String) } } });
  });

  it('names an address that can be reached when it listens on all', async () => {
    const url = await startServe({ env: { HOST: '0.0.0.0' } }).ready();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});

describe('a second start', () => {
  withProcesses();

  it.each(['SIGTERM', 'SIGKILL'] as const)('after %s finds everything as it was', async (signal) => {
    // A fixed issuer, or the tokens of one port would be foreign at another.
    const options = { cwd: newFolder(), env: { ISSUER: 'http://localhost:4000' } };
    const first = startServe(options);
    const before = await first.ready();
    const password = passwordIn(first);
    const input = { email: 'admin@example.com', password, transport: 'BODY' };
    const { data } = await send(before, LOGIN, { input });
    const jwks = await (await fetch(`${before}/.well-known/jwks.json`)).json();
    first.kill(signal);
    await first.exited;

    const second = startServe(options);
    const after = await second.ready();
    expect(await (await fetch(`${after}/.well-known/jwks.json`)).json()).toEqual(jwks);
    expect((await send(after, ME, {}, bearer(data.login.accessToken))).errors).toBeUndefined();
    expect(passwordIn(second)).toBeUndefined();
    expect(second.stdout).not.toContain('First admin');
    const request = loginRequestIn(second).replace('YOUR_PASSWORD', password ?? '');
    expect(await paste(request)).toMatchObject({ data: { login: { accessToken: expect.any(String) } } });
  });
});
