import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { bearer, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { newService, type Service } from '../support/service.ts';

/** The tests have no TLS. */
const OPTIONS = { [oauth.allowInsecureRequests]: true };

onSqlite('a service with somebody else’s libraries', (database) => {
  const server = runServer(database);
  let service: Service;
  beforeAll(async () => {
    service = await newService(database(), 'oauth4webapi & Co.');
  });

  const issuer = () => ({
    issuer: server().issuer,
    introspection_endpoint: `${server().url}/oauth/introspect`,
    revocation_endpoint: `${server().url}/oauth/revoke`,
  });
  const client = () => ({ client_id: service.id });
  const introspected = async (token: string, secret = service.secret) => {
    const response = await oauth.introspectionRequest(
      issuer(),
      client(),
      oauth.ClientSecretBasic(secret),
      token,
      OPTIONS,
    );
    return oauth.processIntrospectionResponse(issuer(), client(), response);
  };
  const revoked = async (token: string) => {
    const authentication = oauth.ClientSecretBasic(service.secret);
    const response = await oauth.revocationRequest(issuer(), client(), authentication, token, OPTIONS);
    return oauth.processRevocationResponse(response);
  };

  it('oauth4webapi reads what is active and what is not, ends sessions, and learns why it is refused', async () => {
    const user = await registerUser(server().url);
    expect(await introspected(user.accessToken)).toMatchObject({
      active: true,
      iss: server().issuer,
      sub: user.userId,
      sid: user.sessionId,
    });
    expect(await introspected('rubbish')).toEqual({ active: false });
    await revoked(user.accessToken);
    expect(await introspected(user.accessToken)).toEqual({ active: false });
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toMatchObject({
      reason: 'SESSION_ENDED',
    });
    await revoked(user.refreshToken);
    await revoked('rubbish');
    await expect(introspected(user.accessToken, 'not the secret')).rejects.toMatchObject({ status: 401 });
  });

  it('jose verifies offline what introspection calls active, and does not hear of the end', async () => {
    const user = await registerUser(server().url);
    const keys = createRemoteJWKSet(new URL(`${server().url}/.well-known/jwks.json`));
    const verified = await jwtVerify(user.accessToken, keys, { issuer: server().issuer, typ: 'at+jwt' });
    expect(await introspected(user.accessToken)).toEqual({
      active: true,
      token_type: expect.any(String),
      ...verified.payload,
    });
    await revoked(user.accessToken);
    expect(await introspected(user.accessToken)).toEqual({ active: false });
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).refusal).toMatchObject({
      reason: 'SESSION_ENDED',
    });
    await expect(jwtVerify(user.accessToken, keys)).resolves.toMatchObject({
      payload: { sid: user.sessionId },
    });
  });
});
