import fc from 'fast-check';
import { isNestedDeep } from '../../src/http/json-depth.ts';

const deep = (text: string) => isNestedDeep(Buffer.from(text));

describe('F5 JSON nests too deep', () => {
  it.each([
    ['lists', '['.repeat(32), '['.repeat(33)],
    ['objects', '{"a":'.repeat(32), '{"a":'.repeat(33)],
    ['both', '[{"a":'.repeat(16), '[{"a":'.repeat(17)],
    ['after a quoted quote', `["\\"",${'['.repeat(31)}`, `["\\"",${'['.repeat(32)}`],
    ['after a quoted backslash', `["\\\\",${'['.repeat(31)}`, `["\\\\",${'['.repeat(32)}`],
    ['after longer characters', `["ж😀",${'['.repeat(31)}`, `["ж😀",${'['.repeat(32)}`],
  ])('from 33 levels on: %s', (_, allowed, refused) => {
    expect([deep(allowed), deep(refused)]).toEqual([false, true]);
  });

  it.each([
    ['side by side', '[],'.repeat(1_000)],
    ['in a string', `"${'['.repeat(1_000)}"`],
    ['in a string that does not end', `"${'['.repeat(1_000)}`],
    ['in a string with a quoted quote', `"\\"${'['.repeat(1_000)}"`],
  ])('but not by brackets %s', (_, text) => {
    expect(deep(text)).toBe(false);
  });

  it('just when it does, whatever else it holds', () => {
    const wrap = fc.constantFrom(
      (inner: unknown) => [inner],
      (inner: unknown) => ({ '"[{': '\\"[', inner }),
      (inner: unknown) => [[], '\\', inner, { '}': ']' }],
    );
    fc.assert(
      fc.property(fc.array(wrap, { minLength: 25, maxLength: 40 }), (wraps) => {
        const value = wraps.reduce<unknown>((inner, around) => around(inner), null);
        expect(deep(JSON.stringify(value))).toBe(depthOf(value) > 32);
      }),
    );
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
