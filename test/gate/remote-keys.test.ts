import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { RemoteKeys } from '../../src/gate/remote-keys.ts';

/** A JWK Set on HTTP, as the issuer serves it. */
const jwks: { keys: JWK[]; asked: number } = { keys: [], asked: 0 };
const KID = (letter: string) => letter.repeat(43);

async function publish(kid: string): Promise<void> {
  const { publicKey } = await generateKeyPair('Ed25519');
  jwks.keys.push({ ...(await exportJWK(publicKey)), kid });
}

describe('the keys of an issuer, as another service knows them', () => {
  let server: Server;
  let keys: RemoteKeys;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      jwks.asked += 1;
      response.setHeader('connection', 'close').end(JSON.stringify({ keys: jwks.keys }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    await once(server.close(), 'close');
  });
  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['Date', 'setImmediate', 'nextTick', 'queueMicrotask'] });
    jwks.keys = [];
    await publish(KID('a'));
    const address = server.address();
    keys = new RemoteKeys(new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`));
    keys.start();
    await looked(() => keys.standing(KID('a')) === 'GOOD');
    jwks.asked = 0;
  });
  afterEach(() => {
    keys.stop();
    jest.useRealTimers();
  });

  /** Lets the network work, while no time passes. */
  async function looked(isSeen: () => boolean): Promise<void> {
    for (let turns = 0; !isSeen() && turns < 100_000; turns++) await turn();
    expect(isSeen()).toBe(true);
  }
  const isKnown = async (kid: string) => (await keys.publicKey(kid)) !== undefined;

  it('B12 are looked at once a minute by themselves, so that a new one is known before it signs', async () => {
    await publish(KID('b'));
    await jest.advanceTimersByTimeAsync(59_000);
    expect([jwks.asked, keys.standing(KID('b'))]).toEqual([0, undefined]);
    await jest.advanceTimersByTimeAsync(1_000);
    await looked(() => keys.standing(KID('b')) === 'GOOD');
    expect([jwks.asked, await isKnown(KID('b'))]).toEqual([1, true]);
  });

  it('B12 are looked for once in 30 s, however many are named that nobody has', async () => {
    for (let seconds = 0; seconds < 30; seconds++) {
      for (const letter of ['x', 'y', 'z']) expect(await isKnown(KID(letter))).toBe(false);
      await jest.advanceTimersByTimeAsync(999);
    }
    expect(jwks.asked).toBe(1);
    await publish(KID('x'));
    expect(await isKnown(KID('x'))).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    expect(await isKnown(KID('x'))).toBe(true);
    expect(jwks.asked).toBe(2);
  });

  it('B12 are not looked for by what cannot be the name of one', async () => {
    for (const kid of ['', 'a', `${KID('a')}a`, `${'a'.repeat(42)}!`, '../jwks'])
      expect(await isKnown(kid)).toBe(false);
    expect(jwks.asked).toBe(0);
    expect(await isKnown(KID('a'))).toBe(true);
  });

  it('are forgotten when the issuer has none of them any more', async () => {
    jwks.keys = [];
    await jest.advanceTimersByTimeAsync(60_000);
    await looked(() => keys.standing(KID('a')) === undefined);
    expect(await isKnown(KID('a'))).toBe(false);
  });
});
