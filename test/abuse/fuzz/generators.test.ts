import fc from 'fast-check';
import { getOperationAST, getVariableValues, isObjectType, parse, validate } from 'graphql';
import { type Operation, operations } from '../../support/fuzz/generate/documents.ts';
import { SEED } from '../../support/fuzz/plan.ts';
import { SCHEMA } from '../../support/fuzz/root-fields.ts';

/** What would be refused before it runs is no test of what runs. */
/** Nothing else of them can be asked for over HTTP than to be refused. */
const ON_SOCKETS = new Set(['Subscription', 'SessionEvent']);

describe('the documents that the fuzzing begins with', () => {
  it('are valid by the schema, and so are their variables', () => {
    const isValid = ({ query, variables, operationName }: Operation) => {
      const document = parse(query);
      expect(validate(SCHEMA, document)).toEqual([]);
      const { variableDefinitions = [] } = getOperationAST(document, operationName) ?? {};
      expect(getVariableValues(SCHEMA, variableDefinitions, variables).errors).toBeUndefined();
    };
    fc.assert(fc.property(operations(), isValid), { seed: SEED, numRuns: 400 });
  });

  it('ask for every field with every argument, and use every part of the language', () => {
    const sample = fc.sample(operations(), { seed: SEED, numRuns: 1_500 });
    const text = sample.map(({ query }) => query).join('\n');
    const types = Object.values(SCHEMA.getTypeMap()).filter(isObjectType);
    const fields = types
      .filter(({ name }) => !name.startsWith('__') && !ON_SOCKETS.has(name))
      .flatMap((type) => Object.values(type.getFields()));
    const names = fields.flatMap((field) => [`${field.name} `, ...field.args.map(({ name }) => `${name}: `)]);
    const parts = [
      'fragment F',
      '...  {',
      '... on ',
      '@skip(if: $v',
      '@include(if: true)',
      'query O1',
      'mutation O0',
      '_: ',
    ];
    expect(fields.length).toBeGreaterThan(50);
    expect(
      [...names, ...parts].filter((part) => !text.includes(part) && !text.includes(part.replace(' ', '('))),
    ).toEqual([]);
  });
});
