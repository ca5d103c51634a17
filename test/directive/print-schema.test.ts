import { buildASTSchema, parse, print } from 'graphql';
import { printSchemaWithDirectives } from '../../src/directive/print-schema.ts';

/** As it is printed: directives first, then the root types, then the others. */
const SDL = `
schema @on(it: "schema") {
  query: Query
  mutation: Mutation
}

directive @on(it: String @on(it: "argument of a directive")) repeatable on SCHEMA | SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION

type Query @on(it: "root") {
  field(plain: Int, argument: New @on(it: "argument")): Thing @on(it: "field") @on(it: "again")
  plain: Int
  old: Int @deprecated(reason: "renamed") @on(it: "deprecated field")
}

type Mutation {
  write: Money @on(it: "mutation")
}

union Thing @on(it: "union") = Item

type Item implements Node @on(it: "type") {
  id: ID @on(it: "field of a type")
}

interface Node @on(it: "interface") {
  id: ID @on(it: "field of an interface")
}

input New @on(it: "input") {
  kind: Kind = A @on(it: "field of an input")
}

enum Kind @on(it: "enum") {
  A @on(it: "enum value")
  B
}

scalar Money @specifiedBy(url: "https://example.com") @on(it: "scalar")
`;

function printed(sdl: string): string {
  return printSchemaWithDirectives(buildASTSchema(parse(sdl)));
}

/** Definitions in the order of their names: which comes first of types that are no roots does not matter. */
function sorted(sdl: string): string[] {
  return parse(sdl).definitions.map(print).sort();
}

describe('the printed schema', () => {
  it('has every directive that is applied, on every kind of element', () => {
    expect(sorted(printed(SDL))).toEqual(sorted(SDL));
  });

  it('begins with the directives and the root types', () => {
    const unordered = 'type A { q: Query } directive @on on FIELD type Mutation { a: A } type Query { a: A }';
    const kinds = parse(printed(unordered)).definitions.map((node) =>
      'name' in node ? node.name?.value : '',
    );
    expect(kinds.slice(0, 1)).toEqual(['on']);
    expect(kinds.slice(1, 3).sort()).toEqual(['Mutation', 'Query']);
    expect(kinds.slice(3)).toEqual(['A']);
  });

  it('has those of extensions where the type is', () => {
    const base = 'directive @on(it: String) repeatable on OBJECT | ENUM | SCHEMA | FIELD_DEFINITION';
    const extended = `${base} type Query @on(it: "a") { a: Kind } enum Kind { A }
      extend type Query @on(it: "b") { b: Int @on(it: "c") }
      extend enum Kind @on(it: "d") { B } extend schema @on(it: "e")`;
    const merged = `${base} schema @on(it: "e") { query: Query }
      type Query @on(it: "a") @on(it: "b") { a: Kind b: Int @on(it: "c") } enum Kind @on(it: "d") { A B }`;
    expect(sorted(printed(extended))).toEqual(sorted(merged));
  });

  it('is not confused by a directive and a type of one name', () => {
    const sdl = 'directive @Query(a: Int) on FIELD_DEFINITION type Query { a: Int @Query(a: 1) }';
    expect(sorted(printed(sdl))).toEqual(sorted(sdl));
  });
});
