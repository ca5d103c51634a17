import { randomBytes } from 'node:crypto';
import { revokeClient } from '../../src/oauth/revoke-client.ts';
import { sendRaw } from '../http/client.ts';
import { registerUser } from '../support/client.ts';
import { openTestCore } from '../support/core.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { snapshot } from '../support/rows.ts';
import { basic, introspect, newService, postForm, revoke, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

const OPERATOR = { actorId: null, ipAddress: null, userAgent: null };
const CHALLENGE = 'Basic realm="portcullis", charset="UTF-8"';
const UNKNOWN = '0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a';

/** All that RFC 6749 appendix B escapes, and more. */
function escapedWhole(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

onEachDatabase('the credential of a service', (database) => {
  const urls = runInstances(database);
  const url = (turn = 0) => instance(urls(), turn);
  const port = () => Number(new URL(url()).port);
  const revokeCredential = async ({ id }: Service) => {
    const core = await openTestCore(database());
    await revokeClient(core.clients, id, OPERATOR).finally(() => core.close());
  };
  const rowOf = async ({ id }: Service) => {
    const [row] = await database().query('SELECT * FROM clients WHERE id = ?', [idBytes(id)]);
    return row ?? {};
  };
  let service: Service;
  let token: string;
  beforeAll(async () => {
    service = await newService(database());
    token = (await registerUser(url())).accessToken;
  });

  it('that is wrong in any way gets one and the same answer, and learns nothing of the token', async () => {
    const revoked = await newService(database());
    await revokeCredential(revoked);
    const { id, secret, authorization } = service;
    const wrong: Record<string, string | undefined> = {
      none: undefined,
      'an unknown client': basic(UNKNOWN, secret),
      'a wrong secret': basic(id, `pcs1_${randomBytes(32).toString('base64url')}`),
      'a secret cut short': basic(id, secret.slice(0, -1)),
      'a secret and more': basic(id, `${secret}A`),
      'no secret': basic(id, ''),
      'no id': basic('', secret),
      'another client’s secret': basic((await newService(database())).id, secret),
      'a revoked credential': revoked.authorization,
      'an id that is none': basic("' OR 1=1 --", secret),
      'an id in capitals': basic(id.toUpperCase(), secret),
      'no colon': `Basic ${Buffer.from(id + secret).toString('base64')}`,
      'nothing after the scheme': 'Basic ',
      'no base64': `Basic ${id}:${secret}`,
      'bytes that are not UTF-8': `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`,
      'a broken escape': basic(id, `${secret}%`),
      'another scheme': authorization.replace('Basic', 'Digest'),
      'the token itself': `Bearer ${token}`,
    };
    const answers = await Promise.all(
      Object.entries(wrong).map(async ([name, header]) => {
        const headers = header === undefined ? undefined : { authorization: header };
        const answer = await postForm(url(), '/oauth/introspect', { token }, headers);
        const challenge = answer.headers.get('www-authenticate');
        return { name, status: answer.status, challenge, body: answer.text };
      }),
    );
    const body = '{"error":"invalid_client","error_description":"No client has this credential."}';
    for (const answer of answers)
      expect(answer).toEqual({ name: answer.name, status: 401, challenge: CHALLENGE, body });
    expect((await introspect(url(), service, token)).body).toMatchObject({ active: true });
  });

  it('is needed to end a session too: without it nothing changes', async () => {
    const { refreshToken, accessToken } = await registerUser(url());
    const before = await snapshot(database());
    for (const given of [refreshToken, accessToken]) {
      const { status } = await revoke(url(), { authorization: basic(service.id, 'guessed') }, given);
      expect(status).toBe(401);
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('is taken in every way in which RFC 6749 §2.3.1 and RFC 7617 let it be written', async () => {
    const { id, secret, authorization } = service;
    for (const header of [
      authorization,
      authorization.replace('Basic', 'basic'),
      authorization.replace('Basic', 'BASIC  '),
      basic(escapedWhole(id), escapedWhole(secret)),
      basic(encodeURIComponent(id), secret.replaceAll('-', '%2D').replaceAll('_', '%5F')),
    ]) {
      const { body } = await introspect(url(), { authorization: header }, token);
      expect(body).toMatchObject({ active: true });
    }
  });

  it('that came twice is refused, whichever of them is good', async () => {
    const { authorization } = service;
    for (const both of [
      [authorization, authorization],
      [authorization, 'Basic eDp5'],
      ['Basic eDp5', authorization],
    ]) {
      const body = `token=${token}`;
      const lines = [
        'POST /oauth/introspect HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${body.length}`,
        ...both.map((header) => `Authorization: ${header}`),
        'Connection: close',
      ];
      const answer = await sendRaw(port(), `${lines.join('\r\n')}\r\n\r\n${body}`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*"error":"invalid_request"/s);
    }
  });

  it('in the body or the query string is none', async () => {
    const { id, secret } = service;
    const form = { token, client_id: id, client_secret: secret };
    expect(await postForm(url(), '/oauth/introspect', form)).toMatchObject({ status: 401 });
    const query = new URLSearchParams(form);
    expect(await postForm(url(), `/oauth/introspect?${query}`, { token })).toMatchObject({ status: 401 });
  });

  it('that is revoked is refused at once by every instance, and no other is', async () => {
    const leaked = await newService(database());
    const ask = (by: Service) => Promise.all(urls().map((each) => introspect(each, by, token)));
    expect((await ask(leaked)).map(({ status }) => status)).toEqual(urls().map(() => 200));
    await revokeCredential(leaked);
    expect((await ask(leaked)).map(({ status }) => status)).toEqual(urls().map(() => 401));
    expect((await ask(service)).map(({ status }) => status)).toEqual(urls().map(() => 200));
  });

  it('H1 lies in the database as a hash that is good for its own client alone', async () => {
    const other = await newService(database());
    const row = await rowOf(service);
    expect(Object.values(row).some((value) => String(value).includes(service.secret.slice(5)))).toBe(false);
    await database().query('UPDATE clients SET secret_hash = ? WHERE id = ?', [
      row['secret_hash'] as Buffer,
      idBytes(other.id),
    ]);
    expect((await introspect(url(), { authorization: basic(other.id, service.secret) }, token)).status).toBe(
      401,
    );
  });

  it('tells when it was used last, to the hour', async () => {
    const used = await newService(database());
    expect((await rowOf(used))['last_used_at']).toBeNull();
    await introspect(url(), used, token);
    const lastUsed = async () => (await rowOf(used))['last_used_at'];
    await until(async () => (await lastUsed()) !== null);
    const first = Number(await lastUsed());
    await Promise.all(urls().map((each) => introspect(each, used, token)));
    expect(Number(await lastUsed())).toBe(first);
    await database().query('UPDATE clients SET last_used_at = last_used_at - 3600001 WHERE id = ?', [
      idBytes(used.id),
    ]);
    await introspect(url(1), used, token);
    await until(async () => Number(await lastUsed()) >= first);
  });
});
