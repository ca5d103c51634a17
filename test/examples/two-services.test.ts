import { join } from 'node:path';
import { bearer, LOGOUT, login, registerUser, send } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { CHECKOUT, start, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { newService } from '../support/service.ts';
import { until } from '../support/until.ts';

onSqlite('examples/two-services', (database) => {
  withProcesses();
  let server: TestServer;
  let orders = '';
  let catalogue = '';

  beforeAll(async () => {
    const port = await freePort();
    // The services know the server by its issuer alone, so that must be where it is.
    server = await startTestServer(database(), { PORT: String(port), ISSUER: `http://localhost:${port}` });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const { id, secret } = await newService(database());
    const services = { ORDERS_PORT: '0', CATALOGUE_PORT: '0' };
    const env = { ISSUER: server.issuer, CLIENT_ID: id, CLIENT_SECRET: secret, ...services };
    const program = join(CHECKOUT, 'examples/two-services/main.mjs');
    const example = start(process.execPath, [program], { env });
    await example.until(() => example.stdout.includes('Catalogue'));
    [orders = '', catalogue = ''] = [...example.stdout.matchAll(/(http:\S+)\/graphql/g)].map(
      ([, url]) => url ?? '',
    );
  });

  it('knows one session at both services, and what is not for it', async () => {
    const user = bearer((await registerUser(server.url)).accessToken);
    const admin = bearer((await login(server.url)).accessToken);
    const order = 'mutation { order(sum: 3, note: "a gift") { id note } }';
    expect((await send(orders, order, {}, user)).data.order.note).toBe('a gift');
    expect((await send(orders, '{ orders { sum } }', {}, user)).data).toEqual({ orders: [{ sum: 3 }] });
    expect(await send(orders, '{ allOrders { id } }', {}, user)).toMatchObject({
      refusal: { code: 'FORBIDDEN' },
    });
    const all = await send(orders, '{ allOrders { sum note } }', {}, admin);
    expect(all.data).toEqual({ allOrders: [{ sum: 3, note: null }] });
    expect(all.refusal).toEqual({ code: 'FORBIDDEN' });
    const price = '{ titles price(title: "Notes by the Translator") }';
    expect((await send(catalogue, price, {}, user)).data).toEqual({
      titles: ['Notes by the Translator'],
      price: 23,
    });
    expect(await send(catalogue, price)).toMatchObject({
      data: { titles: ['Notes by the Translator'], price: null },
      refusal: { code: 'UNAUTHENTICATED', reason: 'MISSING' },
    });
    const add = 'mutation { addTitle(title: "Another") }';
    expect(await send(catalogue, add, {}, user)).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
    expect((await send(catalogue, add, {}, admin)).data.addTitle).toHaveLength(2);
  });

  it('ends it at both', async () => {
    const user = await registerUser(server.url);
    const asks = [
      () => send(orders, '{ orders { id } }', {}, bearer(user.accessToken)),
      () => send(catalogue, '{ price(title: "x") }', {}, bearer(user.accessToken)),
    ];
    for (const ask of asks) expect((await ask()).errors).toBeUndefined();
    await send(server.url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    for (const ask of asks) {
      await until(async () => (await ask()).errors !== undefined);
      expect((await ask()).refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    }
  });
});
