import fc from 'fast-check';
import { inChunks } from '../request.ts';
import { HIDDEN_PATH } from '../served.ts';

const QUERY = '{"query":"{ me { id } }"}';
const HIDDEN = `GET ${HIDDEN_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

function posted(lines: readonly string[], body: string): string {
  const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** A body of which one reader sees nothing but a body, and another one a request. */
const BODIES = [HIDDEN, `0\r\n\r\n${HIDDEN}`, `${inChunks(QUERY, 7)}${HIDDEN}`, `${QUERY}\r\n\r\n${HIDDEN}`];

/** Two ways of saying where a body ends that contradict one another, or one that says nothing (RFC 9112 §6.3). */
const AMBIGUOUS: readonly ((body: string) => readonly string[])[] = [
  (body) => [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
  () => ['Transfer-Encoding: chunked', 'Content-Length: 0'],
  () => ['Content-Length: 4', 'Content-Length: 0'],
  (body) => [`Content-Length: ${body.length}`, 'Content-Length: 0'],
  () => ['Content-Length: 0, 4'],
  () => ['Content-Length: +0'],
  () => ['Content-Length: -1'],
  () => ['Content-Length: 0x4'],
  () => ['Content-Length: 0 4'],
  () => ['Content-Length: 1e1'],
  () => ['Content-Length: 99999999999999999999'],
  () => ['Content-Length :0'],
  () => ['Content-Length\t: 0'],
  () => [' Content-Length: 0', 'Transfer-Encoding: chunked'],
  () => ['Transfer-Encoding: xchunked'],
  () => ['Transfer-Encoding: identity'],
  () => ['Transfer-Encoding: chunked, identity'],
  () => ['Transfer-Encoding: chunked, chunked'],
  () => ['Transfer-Encoding: gzip'],
  () => ['Transfer-Encoding:\x0bchunked'],
  () => ['Transfer-Encoding : chunked'],
  () => ['Transfer-Encoding: chunked\x00'],
  () => ['Transfer-Encoding: "chunked"'],
  () => ['X: y\nTransfer-Encoding: chunked', 'Content-Length: 0'],
  () => ['X: y\rTransfer-Encoding: chunked', 'Content-Length: 4'],
];

/** Request smuggling: whatever the server makes of it, the hidden request must not run. */
const smuggling: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...AMBIGUOUS), fc.constantFrom(...BODIES))
  .map(([framing, body]) => posted(framing(body), body));

const CHUNKS = [
  '-1\r\n',
  '0x5\r\n',
  'g\r\n',
  'ffffffffffffffffff\r\n',
  '5\r\nhel',
  '5;x="\r\nhello\r\n',
  '5\nhello\n',
  '\r\n',
];

/** A chunked body that is none, or whose head or trailer goes on and on. */
const chunking: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...CHUNKS).map((chunk) => posted(['Transfer-Encoding: chunked'], `${chunk}${HIDDEN}`)),
  fc
    .integer({ min: 1, max: 40_000 })
    .map((length) => posted(['Transfer-Encoding: chunked'], `1;${'x'.repeat(length)}\r\n{\r\n0\r\n\r\n`)),
  fc
    .integer({ min: 1, max: 40_000 })
    .map((length) => posted(['Transfer-Encoding: chunked'], `0\r\nTrailer: ${'x'.repeat(length)}\r\n\r\n`)),
);

const LINES = [
  'GET / HTTP/1.1',
  'GET / HTTP/1.0',
  'GET / HTTP/0.9',
  'GET / HTTP/2.0',
  'GET / HTTP/1.10',
  'GET /',
  'GET',
  'get / http/1.1',
  'GET  /  HTTP/1.1',
  '\r\n\r\nGET / HTTP/1.1',
  ' GET / HTTP/1.1',
  'GET /\x00 HTTP/1.1',
  'GET /\x80 HTTP/1.1',
  'CONNECT localhost:80 HTTP/1.1',
  'PRI * HTTP/2.0',
  'BREW /pot HTTP/1.1',
  `GET /${'a'.repeat(20_000)} HTTP/1.1`,
  `${'G'.repeat(20_000)} / HTTP/1.1`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'SSH-2.0-OpenSSH_9.0',
  'HTTP/1.1 200 OK',
];

const HEADERS = [
  'Host: localhost',
  'Host: localhost\r\nHost: localhost',
  'Host',
  ': value',
  'Na me: value',
  'Name : value',
  ' Folded: value',
  'A: b\r\n folded',
  'A: \x00',
  '\x80: \x80',
  'Connection: keep-alive, close, upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk',
  'Expect: 100-continue\r\nContent-Length: 10',
  'Content-Length: 10',
  `${'A: b\r\n'.repeat(1_900)}A: b`,
  `${'A: b\r\n'.repeat(6_000)}A: b`,
];

const malformed: fc.Arbitrary<string> = fc
  .record({
    line: fc.constantFrom(...LINES),
    headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }),
    newline: fc.constantFrom('\r\n', '\r\n', '\n', '\r', '\n\r'),
    end: fc.constantFrom('\r\n\r\n', '\r\n', '', '\n\n'),
  })
  .map(({ line, headers, newline, end }) => [line, ...headers].join(newline) + end);

/** Requests one after the other, the next before the answer to the last. */
const pipelined: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n',
      posted([`Content-Length: ${QUERY.length}`], QUERY),
      posted([`Content-Length: ${QUERY.length}`, 'Authorization: Bearer <user.access>'], QUERY),
      posted(['Transfer-Encoding: chunked'], inChunks(QUERY, 5)),
      posted(['Content-Length: 3'], '{}x'),
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'NONSENSE\r\n\r\n',
    ),
    { minLength: 2, maxLength: 6 },
  )
  .map((requests) => requests.join(''));

/** An honest request that says it is longer or shorter than it is, or that stops anywhere. */
const lying: fc.Arbitrary<string> = fc.oneof(
  fc
    .integer({ min: -QUERY.length, max: 200 })
    .map((by) => posted([`Content-Length: ${QUERY.length + by}`], QUERY)),
  fc.nat({ max: 150 }).map((at) => posted([`Content-Length: ${QUERY.length}`], QUERY).slice(0, at)),
);

/** An honest request with bytes changed, and bytes that never were a request. */
const noise: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.nat({ max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 300 }),
  fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 }).map((edits) =>
    edits.reduce(
      (bytes, [place, byte]) => {
        const at = place % bytes.length;
        return bytes.slice(0, at) + String.fromCharCode(byte) + bytes.slice(at + 1);
      },
      posted([`Content-Length: ${QUERY.length}`, 'Connection: close'], QUERY),
    ),
  ),
);

/** Bytes for a connection of their own. None of them changes anything. */
export const rawBytes: fc.Arbitrary<string> = fc.oneof(
  smuggling,
  chunking,
  malformed,
  pipelined,
  lying,
  noise,
);
