import { nextRequestId } from '../../src/http/request-id.ts';
import { isUuid } from '../../src/tokens/uuid.ts';

describe('the id of a request', () => {
  const ids = Array.from({ length: 100_000 }, nextRequestId);

  it('has the form of a UUID', () => {
    expect(ids.filter((id) => !isUuid(id))).toEqual([]);
  });

  it('is that of no other', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not tell how many came before it: neighbours lie anywhere', () => {
    const numbers = ids.map((id) => Number.parseInt(id.slice(24), 16));
    const ascending = numbers.filter((number, index) => number > (numbers[index - 1] ?? 0)).length;
    expect(ascending / ids.length).toBeGreaterThan(0.4);
    expect(ascending / ids.length).toBeLessThan(0.6);
  });
});
