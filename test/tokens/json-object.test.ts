import { parseJsonObject } from '../../src/tokens/json-object.ts';

const parse = (text: string | Uint8Array) => parseJsonObject(Buffer.from(text));

describe('parsing a JSON object', () => {
  it('reads its members', () => {
    expect(parse(' {"a":1,"b":["ü"]} ')).toEqual({ a: 1, b: ['ü'] });
    expect(parse('{}')).toEqual({});
  });

  it('lets the last of two members of one name count', () => {
    expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('makes __proto__ a member like any other', () => {
    const object = parse('{"__proto__":{"admin":true}}');
    expect(Object.keys(object ?? {})).toEqual(['__proto__']);
    expect(object?.['admin']).toBeUndefined();
  });

  it.each([
    '',
    '[]',
    '[{}]',
    'null',
    'true',
    '1',
    '"{}"',
    '{',
    '{}{}',
    "{'a':1}",
    '{"a":1,}',
    '\uFEFF{}',
    '{}\0',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses what is not UTF-8', () => {
    expect(parse(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
    expect(parse(Buffer.from('{}', 'utf16le'))).toBeUndefined();
  });
});
