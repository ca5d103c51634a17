import { parseLabel } from '../../src/accounts/label.ts';

describe('parseLabel', () => {
  it.each([
    [null, null],
    ['', null],
    ['  \t ', null],
    ['  Ada’s laptop ', 'Ada’s laptop'],
    ['e\u0301', 'é'],
    ['😀'.repeat(100), '😀'.repeat(100)],
    ['\u03b1\u0313\u0300\u0345'.repeat(100), '\u1f82'.repeat(100)],
    ['<b>"quoted"</b>', '<b>"quoted"</b>'],
  ])('%j becomes %j', (text, label) => {
    expect(parseLabel('deviceName', text)).toBe(label);
  });

  it.each([
    ['😀'.repeat(101), 'TOO_LONG'],
    [`e${'\u0301\u0316'.repeat(250_000)}`, 'TOO_LONG'],
    ['two\nlines', 'MALFORMED'],
    ['\u001b[31mred', 'MALFORMED'],
    ['NUL\0', 'MALFORMED'],
    ['\ud83d', 'MALFORMED'],
  ])('%j is refused: %s, naming the field', (text, problem) => {
    expect(() => parseLabel('deviceName', text)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'deviceName', problem } }),
    );
  });
});
