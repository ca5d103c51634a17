import { placeOf } from '../../src/console/words/place.ts';

it.each([
  ['127.0.0.1', 'This computer'],
  ['127.8.9.10', 'This computer'],
  ['::1', 'This computer'],
  ['::ffff:127.0.0.1', 'This computer'],
  ['10.1.2.3', 'Local network'],
  ['172.16.0.1', 'Local network'],
  ['172.31.255.255', 'Local network'],
  ['192.168.178.20', 'Local network'],
  ['169.254.3.4', 'Local network'],
  ['fd12:3456::1', 'Local network'],
  ['fe80::1', 'Local network'],
  ['::ffff:192.168.0.1', 'Local network'],
  ['172.32.0.1', '172.32.0.1'],
  ['100.1.2.3', '100.1.2.3'],
  ['192.169.0.1', '192.169.0.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  [null, 'Unknown place'],
])('%s is called %s', (address, words) => {
  expect(placeOf(address)).toBe(words);
});
