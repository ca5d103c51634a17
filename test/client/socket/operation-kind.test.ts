import { operationKind } from '../../../src/client/socket/operation-kind.ts';

const FRAGMENT = 'fragment Facts on Session { id }';

describe('the kind of an operation', () => {
  it.each([
    ['{ me { id } }', 'query'],
    ['query Me { me { id } }', 'query'],
    ['mutation($input: LoginInput!) { login(input: $input) { expiresIn } }', 'mutation'],
    ['subscription { mySessionEvents { kind } }', 'subscription'],
    [`${FRAGMENT} subscription Events { mySessionEvents { session { ...Facts } } }`, 'subscription'],
    [`\n  # mutation\n  subscription { mySessionEvents { kind } }`, 'subscription'],
    ['{ mutation { subscription } }', 'query'],
    ['query A($text: String = "} mutation { subscription") { find(text: $text) { id } }', 'query'],
    ['mutation { say(text: """\n} subscription { "\n""") { id } }', 'mutation'],
    ['mutation { say(text: "\\"} subscription {") }', 'mutation'],
    ['mutation($on: [Kind!] = [A, B] @subscription(of: {a: {b: 1}})) { say }', 'mutation'],
  ])('%j is a %s', (query, kind) => {
    expect(operationKind({ query })).toBe(kind);
  });

  it('of several in a document it is that of the one that is named', () => {
    const query = 'query Q { a } mutation M { b } subscription S { c }';
    const kinds = ['Q', 'M', 'S'].map((operationName) => operationKind({ query, operationName }));
    expect(kinds).toEqual(['query', 'mutation', 'subscription']);
  });
});
