/** RFC 1918, RFC 3927, RFC 4193 and RFC 4291 §2.5.6: addresses that lead nowhere outside. */
const LOCAL = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;
const LOOPBACK = /^(127\.|::1$)/;

/** Where a request came from, in words a person understands; else the address. */
export function placeOf(address: string | null): string {
  if (address === null) return 'Unknown place';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (LOOPBACK.test(plain)) return 'This computer';
  return LOCAL.test(plain) ? 'Local network' : plain;
}
