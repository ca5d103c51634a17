import { type ASTVisitor, parse, specifiedRules, validate, visit } from 'graphql';
import { PARSE_OPTIONS } from '../../../src/graphql/limits/parse-options.ts';
import { exceededLimit, withinLimits } from '../../../src/graphql/limits/within-limits.ts';
import { createSchema } from '../../../src/graphql/schema.ts';
import { BOMBS, CYCLES, EVERYTHING, each, INTROSPECTION } from '../../support/documents.ts';

const schema = createSchema();

function found(document: string): unknown {
  return exceededLimit(schema, parse(document))?.extensions['validationErrorCode'];
}

const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;
const aliases = (count: number) => each(count, (n) => `a${n}: id`);
const listed = (name: string, fields: number) => `{ ${name} { ${each(fields, (n) => `f${n}`)} } }`;

describe('F2 a document', () => {
  it.each([
    ['DEPTH', nested(15), nested(16)],
    [
      'DEPTH',
      `{ a { ...F } } fragment F on User ${nested(14)}`,
      `{ a { ...F } } fragment F on User ${nested(15)}`,
    ],
    ['ALIASES', `{ me { ${aliases(15)} } }`, `{ me { ${aliases(16)} } }`],
    ['ALIASES', `{ me { ${aliases(14)} } me: me { id } }`, `{ me { ${aliases(15)} } me: me { id } }`],
    [
      'ALIASES',
      `{ me { ...F } user { ...F } } fragment F on User { ${aliases(7)} }`,
      `{ me { ...F } user { ...F } } fragment F on User { ${aliases(8)} }`,
    ],
    ['DIRECTIVES', `{ me { id ${'@skip '.repeat(50)} } }`, `{ me { id ${'@skip '.repeat(51)} } }`],
    [
      'DIRECTIVES',
      `query ($a: Int ${'@a '.repeat(25)}) ${'@a '.repeat(25)} { a }`,
      `query ($a: Int ${'@a '.repeat(26)}) ${'@a '.repeat(25)} { a }`,
    ],
    [
      'DIRECTIVES',
      `{ ...F @a ... @a { b } } fragment F on Query ${'@a '.repeat(48)} { a }`,
      `{ ...F @a ... @a { b } } fragment F on Query ${'@a '.repeat(49)} { a }`,
    ],
    ['SELECTIONS', `{ ${each(1_000, (n) => `f${n}`)} }`, `{ ${each(1_001, (n) => `f${n}`)} }`],
    [
      'SELECTIONS',
      `{ ${'... { '.repeat(999)} a ${'}'.repeat(1_000)}`,
      `{ ${'... { '.repeat(1_000)} a ${'}'.repeat(1_001)}`,
    ],
    ['REPETITIONS', `{ me { ${'id '.repeat(101)} } }`, `{ me { ${'id '.repeat(102)} } }`],
    ['REPETITIONS', `{ ${'me { id } '.repeat(51)} }`, `{ ${'me { id } '.repeat(52)} }`],
    ['COST', listed('mySessions(first: 500)', 49), listed('mySessions(first: 500)', 50)],
    ['COST', listed('mySessions', 249), listed('mySessions', 250)],
    ['COST', listed('activity(hours: 168)', 147), listed('activity(hours: 168)', 148)],
  ])('may reach the limit of %s and not exceed it', (limit, allowed, refused) => {
    expect(found(allowed)).toBeUndefined();
    expect(found(refused)).toBe(`MAX_${limit}_EXCEEDED`);
  });

  it.each([
    ['a variable counts as the largest page', 'mySessions(first: $n)', 49],
    [
      'more than the largest page counts as it, since the field refuses it',
      'mySessions(first: 999999999)',
      49,
    ],
    ['a variable counts as the longest time', 'activity(hours: $n)', 147],
    ['null counts as the largest page', 'sessions(first: null) { edges', 124],
    ["an edge's list has as many rows as its connection asks for", 'sessions(first: 100) { edges', 249],
    ['without first it is the default', 'sessions { edges', 499],
  ])('costs by the pages that it asks for: %s', (_, list, most) => {
    const cut = list.includes('{') ? ' }' : '';
    expect(found(`${listed(list, most - (cut ? 1 : 0))}${cut}`)).toBeUndefined();
    expect(found(`${listed(list, most + 1)}${cut}`)).toBe('MAX_COST_EXCEEDED');
  });

  it('costs the sum of its lists, but only what one operation asks for', () => {
    const half = `mySessions(first: 500) { ${each(24, (n) => `f${n}`)} }`;
    expect(found(`query A { ${half} } query B { ${half} } query C { ${half} }`)).toBeUndefined();
    expect(found(`{ a: ${half} b: ${half} }`)).toBeUndefined();
    expect(found(`{ a: ${half} b: ${half} c: me { id } }`)).toBe('MAX_COST_EXCEEDED');
    expect(found(`{ ${half} ${half} ${half} }`)).toBeUndefined();
  });

  it('of somebody who means it is within all of them', () => {
    for (const document of [INTROSPECTION, EVERYTHING]) {
      expect(validate(schema, parse(document, PARSE_OPTIONS), [...specifiedRules, withinLimits])).toEqual([]);
    }
  });
});

describe('F3 a bomb', () => {
  const bombs = Object.entries(BOMBS);

  it.each(bombs)('is found by at most a thousand steps, and walked by no other rule: %s', (_, text) => {
    const { document, steps } = counted(text);
    const visited: string[] = [];
    const witness = (): ASTVisitor => ({ enter: ({ kind }) => void visited.push(kind) });
    const errors = validate(schema, document, [witness, ...specifiedRules, withinLimits, witness]);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions['validationErrorCode']).toMatch(
      /^MAX_(REPETITIONS|SELECTIONS|ALIASES)_EXCEEDED$/,
    );
    expect(steps).toBeLessThanOrEqual(1_001);
    expect(visited).toEqual(['Document']);
  });

  it('would be walked by them, but for its limits', () => {
    const visited: string[] = [];
    const witness = (): ASTVisitor => ({ enter: ({ kind }) => void visited.push(kind) });
    for (const [, text] of bombs) validate(schema, parse(text), [witness]);
    expect(visited.length).toBeGreaterThan(bombs.length * 100);
  });

  it.each(Object.entries(CYCLES))('that has no end is left to the rule that names it: %s', (_, text) => {
    const { document, steps } = counted(text);
    const errors = validate(schema, document, [...specifiedRules, withinLimits]);
    const known = errors.some(
      ({ message, extensions }) => /within itself/.test(message) || 'validationErrorCode' in extensions,
    );
    expect(known).toBe(true);
    expect(steps).toBeLessThanOrEqual(1_001);
  });
});

/** The document, and how many of its selections the judge takes up; those of a fragment as often as it is spread. */
function counted(text: string) {
  const document = parse(text);
  let steps = 0;
  visit(document, {
    SelectionSet({ selections }) {
      const take = selections[Symbol.iterator].bind(selections);
      const counting = function* () {
        for (const selection of { [Symbol.iterator]: take }) {
          steps += 1;
          yield selection;
        }
      };
      Object.defineProperty(selections, Symbol.iterator, { value: counting });
    },
  });
  exceededLimit(schema, document);
  const taken = steps;
  return { document, steps: taken };
}
