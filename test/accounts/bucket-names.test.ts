import { randomBytes } from 'node:crypto';
import { BucketNames } from '../../src/accounts/bucket-names.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];
const names = new BucketNames([first]);

describe('BucketNames', () => {
  it('A4 names one bucket for an IPv4 address, and one for an IPv6 /64', () => {
    expect(names.address('192.0.2.1').id).toBe(names.address('192.0.2.1').id);
    expect(names.address('192.0.2.1').id).not.toBe(names.address('192.0.2.2').id);
    const network = names.address('2001:db8:0:1::').id;
    for (const inside of ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff'])
      expect(names.address(inside).id).toBe(network);
    for (const outside of ['2001:db8:0:2::1', '2001:db8:1:1::1', '::1'])
      expect(names.address(outside).id).not.toBe(network);
  });

  it('keeps kinds and subjects apart', () => {
    const all = [
      names.account('ada@example.com'),
      names.account('bob@example.com'),
      names.knownAddress('ada@example.com', '192.0.2.1'),
      names.knownAddress('bob@example.com', '192.0.2.1'),
      names.knownAddress('ada@example.com', '192.0.2.2'),
      names.device('ada@example.com', '192.0.2.1'),
      names.address('192.0.2.1'),
      names.account('["account","ada@example.com"]'),
      names.account(''),
    ];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id } of all) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('says of every bucket of an account whose it is, and of an address nothing', () => {
    const account = names.account('ada@example.com').id;
    expect(names.account('ada@example.com').accountId).toBe(account);
    expect(names.knownAddress('ada@example.com', '192.0.2.1').accountId).toBe(account);
    expect(names.device('ada@example.com', 'a session').accountId).toBe(account);
    expect(names.address('192.0.2.1').accountId).toBeNull();
  });

  it('cannot be guessed without the secret, and counts under the first one while it is being changed', () => {
    const [before, during, after] = [[first], [second, first], [second]].map((secrets) =>
      new BucketNames(secrets).account('ada@example.com'),
    );
    expect(during?.id).toBe(after?.id);
    expect(during?.id).not.toBe(before?.id);
    expect(during?.names).toEqual([after?.id, before?.id]);
    expect(() => new BucketNames([]).account('ada@example.com')).toThrow(RangeError);
  });
});
