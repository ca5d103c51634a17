import { createClient } from '../../src/client/index.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onSqlite('a native app, which keeps the refresh token by itself', (database) => {
  const server = runServer(database);
  it('logs in natively, restores, logs out', async () => {
    let kept: string | undefined;
    const storage = {
      read: () => kept,
      write(token: string) {
        kept = token;
      },
      remove() {
        kept = undefined;
      },
    };
    const url = `${server().url}/graphql`;
    const client = createClient({ url, storage });
    expect((await client.ready()).status).toBe('signedOut');
    expect((await client.login(ADMIN)).user?.email).toBe(ADMIN.email);
    expect(await client.request('{ me { email } }')).toEqual({ me: { email: ADMIN.email } });
    client.close();
    const again = createClient({ url, storage });
    expect((await again.ready()).status).toBe('signedIn');
    expect((await again.reauthenticate(ADMIN.password)).status).toBe('signedIn');
    const r = await again.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{me{id}}"}',
    });
    expect(await r.json()).toMatchObject({ data: { me: {} } });
    await again.logout();
    expect(kept).toBe(undefined);
    expect(again.state.status).toBe('signedOut');
    await expect(again.request('{ me { email } }')).rejects.toMatchObject({ reason: 'MISSING' });
    again.close();
  });
});
