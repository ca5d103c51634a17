import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { clientAddress } from '../../src/http/client-address.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { post } from './client.ts';
import { startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

/** A request as Node hands it over, from this address. */
function requestFrom(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor;
  return request;
}

function address(trust: Settings['trustProxy'], remote: string | undefined, forwardedFor?: string) {
  return clientAddress(trust)(requestFrom(remote, forwardedFor));
}

describe('A5 without a trusted proxy', () => {
  it.each(['6.6.6.6', '127.0.0.1, 6.6.6.6', '', 'rubbish'])('ignores X-Forwarded-For: %p', (forwarded) => {
    expect(address(false, '203.0.113.7', forwarded)).toBe('203.0.113.7');
  });

  it('ignores it over HTTP; one trusted hop believes it', async () => {
    const forged = { 'x-forwarded-for': '6.6.6.6' };
    const direct = await startServer({ trustProxy: false });
    await post(direct.port, forged);
    expect(direct.endpoint.facts.ipAddress).toBe('127.0.0.1');
    const proxied = await startServer({ trustProxy: 1 });
    await post(proxied.port, forged);
    expect(proxied.endpoint.facts.ipAddress).toBe('6.6.6.6');
  });
});

describe('A5 behind trusted proxies', () => {
  it('takes the address that the last trusted hop saw, not what the client wrote before it', () => {
    expect(address(1, '10.0.0.1', '6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
    expect(address(2, '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7');
  });

  it('believes listed addresses and networks only', () => {
    const trust = ['10.0.0.0/8', '2001:db8::/32'];
    expect(address(trust, '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.9.9.9')).toBe('203.0.113.7');
    expect(address(trust, '::ffff:10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
    expect(address(trust, '2001:db8::5', '203.0.113.7')).toBe('203.0.113.7');
    expect(address(trust, '11.0.0.1', '203.0.113.7')).toBe('11.0.0.1');
  });

  it('believes nothing beyond what is there', () => {
    expect(address(5, '10.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
    expect(address(5, '10.0.0.1')).toBe('10.0.0.1');
  });

  it.each([
    'rubbish',
    '',
    ',,,',
    '203.0.113.7:443',
    '[2001:db8::1]',
    '999.1.1.1',
    '0x7f.1',
    '\u0000',
    '__proto__',
  ])('falls back to the nearest real address: %p', (forwarded) => {
    expect(address(1, '10.0.0.1', forwarded)).toBe('10.0.0.1');
    expect(address(2, '10.0.0.1', `${forwarded}, 10.0.0.2`)).toBe('10.0.0.2');
    expect(address(['10.0.0.0/8'], '10.0.0.1', forwarded)).toBe('10.0.0.1');
  });
});

describe('one spelling for one address', () => {
  it.each([
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('%s is %s', (spelling, canonical) => {
    expect(address(false, spelling)).toBe(canonical);
    expect(address(1, '10.0.0.1', spelling)).toBe(canonical);
  });
});

it('is null for a connection that is gone', () => {
  expect(address(false, undefined)).toBeNull();
  expect(address(1, undefined, 'rubbish')).toBeNull();
});
