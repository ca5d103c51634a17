import { bearer, LOGIN, ME, refreshWith, send, tokensOf } from '../support/client.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { type Child, startServe, withProcesses } from '../support/processes.ts';
import { count } from '../support/rows.ts';
import { SECRET, startTestServer } from '../support/server.ts';

const INSTANCES = 3;

onEachDatabase('instances that start at once on one empty database', (database) => {
  withProcesses();

  function instance(): Child {
    const env = { DATABASE_URL: database().url, PORTCULLIS_SECRET: SECRET, ISSUER: 'http://localhost:4000' };
    return startServe({ env });
  }

  async function json(url: string): Promise<unknown> {
    return (await fetch(url)).json();
  }

  it('make one first admin and one key, and are all ready', async () => {
    const instances = Array.from({ length: INSTANCES }, instance);
    const urls = await Promise.all(instances.map((each) => each.ready()));
    for (const url of urls) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect([await count(database(), 'users'), await count(database(), 'signing_keys')]).toEqual([1, 1]);

    const passwords = instances.flatMap(({ stdout }) => /^ {2}Password +(\S+)/m.exec(stdout)?.[1] ?? []);
    expect(passwords).toHaveLength(1);
    const keys = await Promise.all(urls.map((url) => json(`${url}/.well-known/jwks.json`)));
    expect(keys).toEqual(keys.map(() => keys[0]));

    const input = { email: 'admin@example.com', password: passwords[0], transport: 'BODY' };
    const tokens = tokensOf(await send(urls[0] ?? '', LOGIN, { input }), 'login');
    for (const url of urls) {
      expect((await send(url, ME, {}, bearer(tokens.accessToken))).errors).toBeUndefined();
    }
    // The next instance finds what is there.
    const late = instance();
    expect((await refreshWith(await late.ready(), tokens.refreshToken)).errors).toBeUndefined();
    expect(late.stdout).not.toContain('First admin');
    expect([await count(database(), 'users'), await count(database(), 'signing_keys')]).toEqual([1, 1]);
  });
});

// On SQLite instances are processes: one driver would wait for the other, and hold up the process that both are in.
onMysql('instances that start in one step', (database) => {
  it('make one first admin and one key', async () => {
    const starts = Array.from({ length: INSTANCES }, () => startTestServer(database()));
    const servers = await Promise.all(starts);
    try {
      expect([await count(database(), 'users'), await count(database(), 'signing_keys')]).toEqual([1, 1]);
      expect(servers.filter(({ firstAdmin }) => firstAdmin !== undefined)).toHaveLength(1);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
});
