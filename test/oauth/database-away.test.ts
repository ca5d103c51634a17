import { registerUser } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { startTestServer } from '../support/server.ts';
import { introspect, newService, revoke, type ServiceAnswer } from '../support/service.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const UNAVAILABLE = {
  errors: [{ message: expect.any(String), extensions: { code: 'UNAVAILABLE', retryAfter: 1 } }],
};

onMysql('while the database is away', (database) => {
  it('I3 a service hears that nobody can tell, never that a token is not active or that its session has ended', async () => {
    const url = new URL(database().url);
    const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
    url.host = `127.0.0.1:${await proxy.open()}`;
    const server = await startTestServer({ url: url.href });
    try {
      const service = await newService(database());
      const user = await registerUser(server.url);
      const ask = () => introspect(server.url, service, user.accessToken);
      expect((await ask()).body).toMatchObject({ active: true });
      await proxy.cut();
      const answers: ServiceAnswer[] = [];
      for (let n = 0; n < 3; n++)
        answers.push(await ask(), await revoke(server.url, service, user.refreshToken));
      for (const { status, body, headers } of answers) {
        expect({ status, body }).toEqual({ status: 503, body: UNAVAILABLE });
        expect(headers.get('retry-after')).toBe('1');
        const requestId = headers.get('x-request-id');
        const lines = server.log().filter((line) => line['requestId'] === requestId);
        expect(lines).toContainEqual(
          expect.objectContaining({ code: 'UNAVAILABLE', err: expect.anything() }),
        );
      }
      await proxy.open();
      await until(async () => (await ask()).status === 200);
      expect((await ask()).body).toMatchObject({ active: true });
      await revoke(server.url, service, user.refreshToken);
      expect((await ask()).body).toEqual({ active: false });
    } finally {
      await server.stop();
      await proxy.cut();
    }
  });
});
