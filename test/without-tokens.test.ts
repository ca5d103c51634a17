import { withoutTokens } from '../src/without-tokens.ts';
import { comeToAnEnd } from './support/come-to-an-end.ts';

it('H2 leaves nothing of a JWT whose header itself holds one', () => {
  const inner = `eyJ${'a'.repeat(20)}`;
  const text = withoutTokens(`x ${inner}${inner}.${inner}.${'c'.repeat(86)} y`);
  expect(text).toBe(`x ${inner}[redacted] y`);
});

it.each(['eyJ', 'eyJa.', 'eyJa.b.', 'eyJa.eyJ', 'pr1_', 'pr1_a ', 'pcs1_'])(
  'F5 goes once over a text of %p a million times',
  (part) => {
    const text = part.repeat(1_000_000);
    expect(comeToAnEnd(() => withoutTokens(text)).length).toBeLessThanOrEqual(text.length);
  },
);
