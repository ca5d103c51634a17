import { parserRefusal } from '../../src/http/parser-refusal.ts';

it.each([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'HTTP/1.1 408 Request Timeout'],
  ['HPE_HEADER_OVERFLOW', 'HTTP/1.1 431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'HTTP/1.1 413 Payload Too Large'],
  ['HPE_INVALID_METHOD', 'HTTP/1.1 400 Bad Request'],
  [undefined, 'HTTP/1.1 400 Bad Request'],
])('answers %s with %s', (code, statusLine) => {
  const [head = '', body = ''] = parserRefusal(code, { 'x-base': 'yes' }).split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  expect(first).toBe(statusLine);
  expect(lines).toContain('x-base: yes');
  expect(lines).toContain('connection: close');
  expect(lines).toContain(`content-length: ${Buffer.byteLength(body)}`);
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
