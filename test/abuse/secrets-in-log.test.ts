import { postRaw, sendRaw } from '../http/client.ts';
import { bearer, LOGIN, ME, REGISTER, registerUser, send } from '../support/client.ts';
import { Day } from '../support/day.ts';
import { type DayRecord, storedSecrets } from '../support/day-record.ts';
import { playService } from '../support/day-service.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { found } from '../support/secret-search.ts';

/** What a terminal obeys and what starts a new line, but for the newline that ends each line of the log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

onSqlite('H2 the log after a day, at its most talkative', (database) => {
  const server = runServer(database, { LOGIN_THROTTLE: 'on' });
  let record: DayRecord;
  beforeAll(async () => {
    const day = new Day(server().url, database());
    await day.play();
    record = day.record;
    await playService(server().url, database(), record);
  });

  it('holds none of the secrets that were used, issued or stored, in whatever spelling', async () => {
    expect(server().log().length).toBeGreaterThan(100);
    const secrets = [...record.secrets, ...(await storedSecrets(database()))];
    expect(found(secrets, Buffer.from(server().logText()))).toEqual([]);
  });

  it('says what happened, to whom, from where and when: the control', () => {
    const events = server()
      .log()
      .flatMap((line) => line['audit'] ?? []);
    expect(events.map((event) => (event as { type: string }).type)).toEqual(
      expect.arrayContaining([
        'USER_CREATED',
        'LOGIN_SUCCEEDED',
        'LOGIN_FAILED',
        'REFRESH_REPLAYED',
        'REFRESH_TOKEN_REUSED',
        'SESSION_ENDED',
      ]),
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'REFRESH_REPLAYED',
        userAgent: 'Elsewhere/1.0',
        ipAddress: '127.0.0.1',
        userId: expect.any(String),
        sessionId: expect.any(String),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      }),
    );
  });

  it('holds as many events as the security log in the database has rows', async () => {
    // The one of the service's credential was written by an operator, beside the server.
    const written = "SELECT type FROM audit_events WHERE type <> 'CLIENT_CREATED' ORDER BY id";
    const rows = await database().query(written);
    const lines = server()
      .log()
      .flatMap((line) => line['audit'] ?? []);
    expect(lines.map((event) => (event as { type: string }).type).sort()).toEqual(
      rows.map((row) => String(row['type'])).sort(),
    );
  });

  it('holds no e-mail of a failed login: people type their password there', () => {
    expect(server().logText()).not.toContain('nobody-day-native@example.com');
  });
});

onSqlite('H2 a log that somebody tries to write into', (database) => {
  const server = runServer(database);
  const port = () => Number(new URL(server().url).port);
  const FORGED = '{"level":"fatal","injected":true,"msg":"forged"}';

  const linesAreWhole = () => {
    const text = server().logText();
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) {
      expect(CONTROLS.test(line)).toBe(false);
      const parsed = JSON.parse(line);
      expect(parsed).not.toHaveProperty('injected');
      expect(parsed).toMatchObject({
        level: expect.stringMatching(/^(debug|info|warn|error)$/),
        time: expect.any(String),
      });
    }
  };

  it('has one well-formed line for a user agent of JSON, quotes, tabs or C1 controls', async () => {
    const agents = [
      FORGED,
      `","injected":true,"x":"`,
      `\\n${FORGED}`,
      `a\tb\\`,
      'caf\u00e9 \u009b31mred\u009b0m \u0085next',
      `${'x'.repeat(2_000)}"`,
      '%0d%0a{"injected":true}',
    ];
    const body = JSON.stringify({
      query: LOGIN,
      variables: { input: { email: 'h2@example.com', password: 'x' } },
    });
    for (const agent of agents) {
      const lines = [
        'POST /graphql HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        `User-Agent: ${agent}`,
        'Connection: close',
      ];
      const text = await sendRaw(port(), `${lines.join('\r\n')}\r\n\r\n${body}`);
      expect(text).toContain('INVALID_CREDENTIALS');
    }
    linesAreWhole();
    const failed = server()
      .log()
      .flatMap((line) => line['audit'] ?? []);
    expect(failed).toContainEqual(expect.objectContaining({ type: 'LOGIN_FAILED', userAgent: FORGED }));
    const rows = await database().query("SELECT user_agent FROM audit_events WHERE type = 'LOGIN_FAILED'");
    expect(rows).toHaveLength(agents.length);
    for (const row of rows) expect(CONTROLS.test(String(row['user_agent']))).toBe(false);
  });

  it('has none for a header with a line break or an escape, which is no HTTP', async () => {
    for (const agent of [
      'x\r\n {"injected":true}',
      'x\n{"injected":true}',
      'x\r{"injected":true}',
      '\u001b[31m',
    ]) {
      const text = await postRaw(port(), [`User-Agent: ${agent}`]);
      expect(text).toMatch(/^HTTP\/1\.1 (400|200)/);
    }
    linesAreWhole();
  });

  it('leaves out a token that its owner put where none belongs: a user agent, a path, a query string', async () => {
    const { accessToken, refreshToken, email, password } = await registerUser(server().url);
    for (const token of [accessToken, refreshToken]) {
      const headers = { 'user-agent': `Agent/1.0 (${token})` };
      await send(server().url, LOGIN, { input: { email, password } }, headers);
      await fetch(`${server().url}/${token}?token=${token}`);
      expect(server().logText()).not.toContain(token.slice(-40));
    }
    expect(server().logText()).toContain('Agent/1.0 (');
  });

  it('has one well-formed line for hostile text in e-mail, password, names, ids, paths and the document', async () => {
    const hostile = [
      `x\r\n${FORGED}`,
      `x\n${FORGED}\n@example.com`,
      '\u001b]0;title\u0007\u001b[2J@example.com',
      '\u2028\u2029\u0085@example.com',
      `"},"injected":true,{"@example.com`,
      '\u0000@example.com',
      '{{7*7}}#{jndi:ldap://127.0.0.1/x}@example.com',
    ];
    const user = await registerUser(server().url);
    for (const text of hostile) {
      const account = { email: text, password: `${text} and long enough`, deviceName: text };
      await send(server().url, LOGIN, { input: account });
      await send(server().url, LOGIN, { input: { ...account, deviceName: null } });
      await send(server().url, REGISTER, { input: { ...account, displayName: text, transport: 'BODY' } });
      await send(server().url, `{ me { id ${text} } }`, {}, bearer(user.accessToken));
      await send(
        server().url,
        'mutation ($id: ID!) { revokeSession(id: $id) { id } }',
        { id: text },
        bearer(user.accessToken),
      );
      await fetch(`${server().url}/${encodeURIComponent(text)}`);
    }
    await sendRaw(
      port(),
      'GET /\u009b31m%0a{"injected":true} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    await sendRaw(port(), '{"injected":true}\n\n');
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
    linesAreWhole();
    expect(
      server()
        .log()
        .filter(({ level }) => level === 'error'),
    ).toEqual([]);
  });
});
