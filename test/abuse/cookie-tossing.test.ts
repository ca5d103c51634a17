import { postRaw, sendRaw } from '../http/client.ts';
import { Browser } from '../support/browser.ts';
import { LOGIN, REFRESH, registerUser } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('D3 cookies that are not plainly ours', (database) => {
  const server = runServer(database);
  let good = '';
  let planted = '';
  beforeAll(async () => {
    const jar = async () => {
      const { email, password } = await registerUser(server().url);
      const page = new Browser(server().url);
      await page.send(LOGIN, { input: { email, password } });
      return page.refreshToken ?? '';
    };
    [good, planted] = [await jar(), await jar()];
  });
  const refresh = (lines: string[]) => {
    const body = JSON.stringify({ query: REFRESH });
    const { port } = new URL(server().url);
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
      ...lines,
    ];
    return sendRaw(Number(port), `${head.join('\r\n')}\r\n\r\n${body}`);
  };

  it('are refused with 400 when there are two, or when it is not plain which is ours; nothing is rotated', async () => {
    const before = await snapshot(database());
    const cases = [
      [`Cookie: refresh_token=${good}; refresh_token=${planted}`],
      [`Cookie: refresh_token=${planted}; refresh_token=${good}`],
      [`Cookie: refresh_token=${good}`, `Cookie: refresh_token=${planted}`],
      [`Cookie: refresh_token=${good}; refresh_token=${good}`],
      [`Cookie: refresh_token="${good}"`],
      [`Cookie: $Version=1; refresh_token=${good}; $Path=/`],
      [`Cookie: refresh_token=${good},x`],
      [`Cookie: refresh_token=; refresh_token=${good}`],
    ];
    for (const lines of cases) {
      const text = await refresh(lines);
      expect(text).toContain('HTTP/1.1 400');
      expect(text).toContain('"code":"BAD_REQUEST"');
      expect(text.toLowerCase()).not.toContain('set-cookie');
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('count as absent when only their name is like ours; nothing is rotated', async () => {
    const before = await snapshot(database());
    const cases = [
      `Refresh_Token=${good}`,
      `__Host-refresh_token=${good}`,
      `__Secure-refresh_token=${good}`,
      `xrefresh_token=${good}`,
      `refresh_token2=${good}`,
      `refresh_token =${good}`,
      `=refresh_token=${good}`,
      `refresh%5Ftoken=${good}`,
      `a=b, refresh_token=${good}`,
      'refresh_token',
    ];
    for (const cookie of cases) {
      const text = await refresh([`Cookie: ${cookie}`]);
      expect(text).toContain('HTTP/1.1 200');
      expect(text).toContain('"reason":"MISSING"');
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('do not hide ours, which is taken from among them', async () => {
    const text = await refresh([
      `Cookie: Refresh_Token=${planted}; theme=dark; refresh_token=${good}; __Host-refresh_token=${planted}`,
    ]);
    expect(text).toContain('HTTP/1.1 200');
    expect(text).toContain('"accessToken":"');
  });

  it('leave a request that needs none to its bearer', async () => {
    const { port } = new URL(server().url);
    expect(await postRaw(Number(port), ['Cookie: theme=dark'])).toContain('"reason":"MISSING"');
  });
});
