import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { printSchemaWithDirectives } from '../../src/directive/print-schema.ts';
import { createSchema } from '../../src/graphql/schema.ts';

const file = readFileSync(join(__dirname, '../../schema.graphql'), 'utf8');

describe('schema.graphql', () => {
  it('is what the code says: npm run schema writes it', () => {
    expect(file).toBe(printSchemaWithDirectives(createSchema()));
  });

  it('builds by itself, and tells of every root field who may and what it does', () => {
    const schema = buildSchema(file);
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    );
    expect(fields.length).toBeGreaterThan(8);
    for (const { name, description, astNode } of fields) {
      const marks = astNode?.directives?.map((directive) => directive.name.value);
      expect({ name, description, marks }).toEqual({
        name,
        description: expect.stringMatching(/\.$/),
        marks: [expect.stringMatching(/^(auth|public)$/)],
      });
    }
  });
});
