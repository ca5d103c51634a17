import { createServer } from 'node:http';
import { checkHeaders } from '../../src/cli/doctor/check-headers.ts';
import { checkPort } from '../../src/cli/doctor/check-port.ts';
import { checkServer } from '../../src/cli/doctor/check-server.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { complaints, doctor } from '../support/doctor.ts';
import { HttpProxy, type Meddling, TEST_AUTHORITY } from '../support/http-proxy.ts';
import { portcullis, withProcesses } from '../support/processes.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';

const without = (name: string): Pick<Meddling, 'onRequest'> => ({
  onRequest: (headers) => void delete headers[name],
});

/** What proxies have been seen to do. */
const MEDDLERS: [name: string, meddling: Meddling, complaint: string, what: RegExp][] = [
  ['takes out Origin', without('origin'), 'problem proxy', /^Origin does not arrive/],
  ['takes out Sec-Fetch-Site', without('sec-fetch-site'), 'problem proxy', /^Sec-Fetch-Site does not/],
  ['takes out Authorization', without('authorization'), 'problem proxy', /^Authorization does not/],
  ['takes out cookies', without('cookie'), 'problem proxy', /^the refresh cookie does not/],
  [
    'takes out Set-Cookie',
    { onResponse: (headers) => void delete headers['set-cookie'] },
    'problem cookie',
    /without Set-Cookie/,
  ],
  [
    'loosens the cookie',
    {
      onResponse: (headers) => {
        const cookies = [headers['set-cookie'] ?? []].flat().map(String);
        if (cookies.length > 0)
          headers['set-cookie'] = cookies.map((cookie) => cookie.replace('SameSite=Strict', 'SameSite=None'));
      },
    },
    'problem cookie',
    /lacks samesite=strict/,
  ],
  [
    'widens the cookie',
    {
      onResponse: (headers) => {
        const cookies = [headers['set-cookie'] ?? []].flat().map(String);
        if (cookies.length > 0)
          headers['set-cookie'] = cookies.map((cookie) => `${cookie}; Domain=example.com`);
      },
    },
    'problem cookie',
    /has domain=example\.com/,
  ],
  [
    'lets every page read',
    {
      onResponse: (headers) => {
        headers['access-control-allow-origin'] = '*';
      },
    },
    'problem origins',
    /access-control-allow-origin is \*/,
  ],
  [
    'caches',
    {
      onResponse: (headers) => {
        headers['cache-control'] = 'max-age=60';
      },
    },
    'problem headers',
    /cache-control arrives as max-age=60/,
  ],
  [
    'tells its version',
    {
      onResponse: (headers) => {
        headers['server'] = 'nginx/1.18.0';
      },
    },
    'warning headers',
    /server is nginx\/1\.18\.0/,
  ],
  ['hides the keys', { hides: '/.well-known/jwks.json' }, 'problem public keys', /answers 404 without keys/],
  ['hides readiness', { hides: '/readyz' }, 'problem server', /answers 404/],
  [
    'has a clock of its own',
    {
      onResponse: (headers) => {
        headers['date'] = new Date(Date.now() - 60_000).toUTCString();
      },
    },
    'warning server clock',
    /this machine is \d+ s ahead of the server/,
  ],
];

onSqlite('doctor and a running server', (database) => {
  withProcesses();
  const server = runServer(database);

  it('finds nothing at a server that is well, and changes nothing: the control', async () => {
    const before = await snapshot(database());
    const findings = await checkServer(server().url, undefined);
    expect(complaints(findings)).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['server', 'public keys', 'headers', 'cookie', 'proxy']),
    );
    expect(await snapshot(database())).toBe(before);
  });

  it('finds nothing at a proxy that lets everything pass: the control', async () => {
    expect(complaints(await behind({}))).toEqual([]);
  });

  it.each(MEDDLERS)('finds out a proxy that %s', async (_, meddling, complaint, what) => {
    const findings = await behind(meddling);
    expect(complaints(findings)).toEqual([complaint]);
    expect(findings.find(({ level }) => level !== 'ok')?.what).toMatch(what);
  });

  async function behind(meddling: Meddling): Promise<Finding[]> {
    const proxy = await HttpProxy.start(server().url, meddling);
    try {
      return await checkServer(proxy.url, undefined);
    } finally {
      await proxy.stop();
    }
  }

  it('says where nothing answers, at the URL or at ISSUER', async () => {
    const proxy = await HttpProxy.start(server().url);
    await proxy.stop();
    const nothing = await checkServer(proxy.url, undefined);
    expect(complaints(nothing)).toEqual(['problem server']);
    expect(nothing[0]?.what).toContain('ECONNREFUSED');
    const settings = loadSettings(testEnvironment(database(), { ISSUER: proxy.url }));
    expect(complaints(await checkServer(server().url, settings))).toEqual(['warning ISSUER']);
  });

  it('looks at it with --url, and refuses what is no URL of a server', async () => {
    const env = testEnvironment(database(), { ISSUER: server().url });
    const { findings } = await doctor(env, { args: ['--url', `${server().url}/`] });
    expect(findings.map(({ subject }) => subject)).toContain('headers');
    for (const url of ['localhost:4000', 'https://me:word@localhost']) {
      const { status, stderr } = await portcullis(['doctor', '--url', url]);
      expect(status).toBe(2);
      expect(stderr).toContain('without credentials, query and fragment');
    }
  });

  it('knows a port on which the server runs, one that is free, and one that something else has', async () => {
    const at = (port: number) => checkPort(loadSettings({ PORT: String(port) }));
    const port = Number(new URL(server().url).port);
    expect(await at(port)).toMatchObject({ level: 'ok', what: expect.stringContaining('a server runs at') });
    const other = createServer((_, response) => void response.end('{"status":"ok"}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await at(taken)).toMatchObject({ level: 'problem', what: expect.stringContaining('is taken') });
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    expect(await at(taken)).toMatchObject({ level: 'ok', what: expect.stringContaining('nothing listens') });
  });
});

onSqlite('doctor and https', (database) => {
  withProcesses();
  const issuer = { ISSUER: 'https://auth.example.com', INTROSPECTION: 'off' };
  const server = runServer(database, issuer);
  const answer = async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const headers = { 'content-type': 'application/json' };
    return fetch(`${server().url}/graphql`, { method: 'POST', headers, body });
  };

  it('looks at a server behind TLS, and says when its certificate is not trusted', async () => {
    const proxy = await HttpProxy.startTls(server().url);
    const env = testEnvironment(database(), issuer);
    const look = async (extra: NodeJS.ProcessEnv) => {
      const { findings } = await doctor({ ...env, ...extra }, { args: ['--url', proxy.url] });
      const seen = ['server', 'public keys', 'headers', 'cookie', 'proxy', 'plain http', 'schema'];
      return findings.filter(({ subject }) => seen.includes(subject));
    };
    try {
      const trusted = await look({ NODE_EXTRA_CA_CERTS: TEST_AUTHORITY });
      expect(complaints(trusted)).toEqual([]);
      expect(trusted.map(({ subject }) => subject)).toEqual(
        expect.arrayContaining(['server', 'headers', 'cookie', 'proxy', 'plain http', 'schema']),
      );
      const [finding] = (await look({})).filter(({ subject }) => subject === 'server');
      expect(finding).toMatchObject({ level: 'problem', what: expect.stringContaining('self-signed') });
    } finally {
      await proxy.stop();
    }
  });

  it('asks for strict transport security of a year: the control, and what falls short', async () => {
    const { headers } = await answer();
    expect(complaints(checkHeaders({ headers }, true))).toEqual([]);
    for (const weak of [undefined, 'max-age=0', 'max-age=300; includeSubDomains']) {
      const changed = new Headers(headers);
      if (weak === undefined) changed.delete('strict-transport-security');
      else changed.set('strict-transport-security', weak);
      expect(complaints(checkHeaders({ headers: changed }, true))).toEqual(['warning headers']);
      expect(complaints(checkHeaders({ headers: changed }, false))).toEqual([]);
    }
  });
});
