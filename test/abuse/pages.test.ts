import { createHash } from 'node:crypto';
import { type Answer, send as sendHttp } from '../http/client.ts';
import { consoleScript } from '../support/console.ts';
import { onSqlite, runServer } from '../support/running.ts';

/** As a browser asks for a page, wherever the link stands. */
const VISIT = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'cross-site',
};

const PAGES: [name: string, path: string, sources: Record<string, string>][] = [
  [
    'the console',
    '/',
    {
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'manifest-src': "'self'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    },
  ],
  [
    'GraphiQL',
    '/graphql',
    {
      'script-src': '(hashes)',
      // Its editor writes styles into the page while one types.
      'style-src': "'unsafe-inline'",
      'font-src': 'data:',
      'img-src': 'data:',
      'worker-src': 'blob:',
      'connect-src': "'self'",
    },
  ],
];

function policyOf({ headers }: Answer): Map<string, string> {
  const text = String(headers['content-security-policy']);
  return new Map(text.split('; ').map((entry) => entry.split(/ (.*)/s, 2) as [string, string]));
}

/** What stands between the tags, as often as they are there. */
function inline(html: string, tag: 'script' | 'style'): string[] {
  // The one script of GraphiQL holds closing tags in its texts.
  const from = html.indexOf(`<${tag}>`);
  return from < 0 ? [] : [html.slice(from + tag.length + 2, html.lastIndexOf(`</${tag}>`))];
}

function hashes(texts: readonly string[]): string {
  return texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}

onSqlite('H5 the pages that are served', (database) => {
  const server = runServer(database, { ISSUER: 'https://auth.example.com' });
  const visit = (path: string) => sendHttp(Number(new URL(server().url).port), { path, headers: VISIT });

  it.each(PAGES)('%s: its policy admits what it consists of, and nothing else', async (_, path, sources) => {
    const answer = await visit(path);
    expect(answer.status).toBe(200);
    const policy = policyOf(answer);
    const admitted: Record<string, string> = { ...sources };
    for (const tag of ['script', 'style'] as const) {
      if (sources[`${tag}-src`] === '(hashes)') admitted[`${tag}-src`] = hashes(inline(answer.text, tag));
    }
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      ...admitted,
    });
  });

  it.each(PAGES)('%s: no script that somebody smuggles in would run', async (_, path, sources) => {
    const answer = await visit(path);
    const scripts = policyOf(answer).get('script-src') ?? policyOf(answer).get('default-src');
    expect(scripts).not.toMatch(/unsafe|https?:|\*|data:|blob:|strict-dynamic/);
    // Of this origin are the files of the console alone, see below.
    expect(scripts?.includes("'self'")).toBe(sources['script-src'] === "'self'");
    expect(scripts).not.toContain(hashes(['alert(1)']));
    const markup = answer.text.slice(0, answer.text.indexOf('<script>') >>> 0);
    expect(markup).not.toMatch(/<[^>]+ on\w+=|<(?:iframe|object|embed|base|form)\b|http-equiv/i);
    expect(markup).not.toMatch(/(?:src|href)="(?:https?:)?\/\//i);
  });

  it.each(PAGES)(
    '%s: it is alone in its window, framed and embedded by nobody, and sets no cookie',
    async (_, path) => {
      const { headers } = await visit(path);
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      });
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('the console: all that it runs and shows are files of the build, and none of them is inline', async () => {
    const { text } = await visit('/');
    expect(inline(text, 'script')).toEqual([]);
    expect(inline(text, 'style')).toEqual([]);
    expect(text).not.toMatch(/ style=|javascript:/i);
    const loaded = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path);
    expect(loaded).toContain(consoleScript());
    for (const path of loaded.filter((each) => !each.startsWith('data:'))) {
      const answer = await visit(path);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      });
      // Opened by itself, as an SVG with a script in it could be, it may do nothing.
      expect(Object.fromEntries(policyOf(answer))).toEqual({
        'default-src': "'none'",
        'frame-ancestors': "'none'",
      });
    }
  });

  it('what script-src of the console admits, this origin, holds nothing that others have written', async () => {
    const port = Number(new URL(server().url).port);
    const words = 'alert(document.domain)//';
    const asked: [path: string, accept: string][] = [
      [`/${words}`, '*/*'],
      [`/graphql?query=${encodeURIComponent(words)}`, '*/*'],
      [`/assets/${encodeURIComponent(words)}.js`, 'text/javascript'],
      ['/.well-known/jwks.json', 'text/javascript'],
      ['/livez', 'text/javascript'],
    ];
    for (const [path, accept] of asked) {
      const { headers } = await sendHttp(port, { path, headers: { accept } });
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    const script = await sendHttp(port, { path: consoleScript() });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('answers that are no page admit nothing at all: a browser that shows one runs nothing', async () => {
    for (const path of ['/graphql?query=%7Bme%7Bid%7D%7D', '/.well-known/jwks.json', '/livez', '/<script>']) {
      const answer = await visit(path);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(Object.fromEntries(policyOf(answer))).toEqual({
        'default-src': "'none'",
        'frame-ancestors': "'none'",
      });
      expect(answer.text).not.toContain('<script>');
    }
  });
});

onSqlite('H5 in production', (database) => {
  const server = runServer(database, {
    NODE_ENV: 'production',
    ISSUER: 'https://auth.example.com',
    LOGIN_THROTTLE: 'on',
  });

  it('there is no GraphiQL, and the console is there all the same', async () => {
    const port = Number(new URL(server().url).port);
    const page = await sendHttp(port, { path: '/graphql', headers: VISIT });
    expect(page.status).toBe(400);
    expect(page.headers['content-type']).toContain('application/json');
    const console = await sendHttp(port, { headers: VISIT });
    expect(console.status).toBe(200);
    expect(console.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});
