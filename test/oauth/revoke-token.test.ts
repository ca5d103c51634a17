import { bearer, ME, refreshWith, registerUser, send, tokensOf } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { forgeries } from '../support/forgeries.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { instance, runInstances } from '../support/instances.ts';
import { auditOf, snapshot } from '../support/rows.ts';
import { introspect, newService, postForm, revoke, type Service } from '../support/service.ts';

const ENDED = { reason: 'SESSION_ENDED', endReason: 'LOGOUT' };

onMysql('token revocation', (database) => {
  const urls = runInstances(database);
  const url = (turn = 0) => instance(urls(), turn);
  let service: Service;
  beforeAll(async () => {
    service = await newService(database(), 'orders');
  });
  const refusalsOf = (accessToken: string) =>
    Promise.all(urls().map(async (each) => (await send(each, ME, {}, bearer(accessToken))).refusal));

  it.each(['accessToken', 'refreshToken'] as const)(
    'E1 by %s ends the session at every instance, and no other session',
    async (kind) => {
      const [user, other] = [await registerUser(url()), await registerUser(url())];
      expect(await refusalsOf(user.accessToken)).toEqual(urls().map(() => undefined));
      const answer = await revoke(url(1), service, user[kind]);
      for (const refusal of await refusalsOf(user.accessToken)) expect(refusal).toMatchObject(ENDED);
      expect((await refreshWith(url(), user.refreshToken)).refusal).toMatchObject(ENDED);
      expect(await refusalsOf(other.accessToken)).toEqual(urls().map(() => undefined));
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('H3 stands in the security log: that the session ended, by no user, and which service ended it, from where', async () => {
    const user = await registerUser(url());
    const { authorization } = service;
    const headers = { authorization, 'user-agent': 'Orders/1.0' };
    await postForm(url(), '/oauth/revoke', { token: user.refreshToken }, headers);
    const from = { actor_id: null, ip_address: '127.0.0.1', user_agent: 'Orders/1.0' };
    const events = (await auditOf(database(), user.sessionId)).slice(-2);
    expect(events.map(({ type, detail }) => ({ type, detail }))).toEqual([
      { type: 'SESSION_ENDED', detail: 'LOGOUT' },
      { type: 'TOKEN_REVOKED', detail: `by the service ${service.id} (orders)` },
    ]);
    for (const event of events) expect(event).toMatchObject(from);
  });

  it('D6 answers 200 for what names no live session, and changes nothing: RFC 7009 §2.2', async () => {
    const [user, gone] = [await registerUser(url()), await registerUser(url())];
    await revoke(url(), service, gone.refreshToken);
    const forged = await forgeries(await forgingKit(database(), user.accessToken));
    // None is sent, or more than a body may have.
    const rubbish = forged
      .map(({ token }) => token)
      .filter((token) => token !== '' && token.length < 2 ** 20);
    const before = await snapshot(database());
    for (const token of [
      gone.refreshToken,
      gone.accessToken,
      `${user.refreshToken.slice(0, -4)}AAAA`,
      'rubbish',
      ...rubbish,
    ]) {
      const { status, text } = await revoke(url(), service, token);
      expect({ token, status, text }).toEqual({ token, status: 200, text: '' });
    }
    expect(await snapshot(database())).toBe(before);
    expect((await introspect(url(), service, user.accessToken)).body).toMatchObject({ active: true });
  });

  it('looks at no hint: a wrong one, or one that nobody knows, changes nothing', async () => {
    for (const hint of ['access_token', 'refresh_token', 'saml2_token']) {
      const user = await registerUser(url());
      const form = { token: user.refreshToken, token_type_hint: hint };
      const { authorization } = service;
      expect(await postForm(url(), '/oauth/revoke', form, { authorization })).toMatchObject({ status: 200 });
      expect((await refreshWith(url(), user.refreshToken)).refusal).toMatchObject(ENDED);
    }
  });

  it('takes an older refresh token of the session too, as a logout does', async () => {
    const user = await registerUser(url());
    const next = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    await revoke(url(), service, user.refreshToken);
    expect((await refreshWith(url(), next.refreshToken)).refusal).toMatchObject(ENDED);
  });

  it('at once from all instances ends the session once: one line of each kind', async () => {
    const user = await registerUser(url());
    await Promise.all(Array.from({ length: 12 }, (_, turn) => revoke(url(turn), service, user.accessToken)));
    const types = (await auditOf(database(), user.sessionId)).map(({ type }) => type);
    expect(types.filter((type) => type === 'SESSION_ENDED')).toHaveLength(1);
    expect(types.filter((type) => type === 'TOKEN_REVOKED')).toHaveLength(1);
  });
});
