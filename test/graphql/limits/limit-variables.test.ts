import { exceededVariables } from '../../../src/graphql/limits/limit-variables.ts';

const list = (length: number) => Array.from({ length }, () => 1);
const chain = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

describe('F5 variables', () => {
  it.each([
    ['side by side', (count: number) => ({ ...list(count - 1) })],
    ['in a list', (count: number) => ({ a: list(count - 2) })],
    ['within each other', (count: number) => chain(count - 1)],
  ])('may hold a thousand values and not one more: %s', (_, variables) => {
    expect(exceededVariables(variables(1_000))).toBeUndefined();
    expect(exceededVariables(variables(1_001))?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problem: 'TOO_MANY',
    });
  });

  it('may be missing', () => {
    expect(exceededVariables(undefined)).toBeUndefined();
    expect(exceededVariables(null)).toBeUndefined();
  });

  it('are counted without recursion', () => {
    expect(exceededVariables(chain(100_000))).toBeDefined();
  });
});
