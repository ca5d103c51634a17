import { buildSchema, parse, validate } from 'graphql';
import { knownOperationType, oneCredentialField } from '../../src/graphql/document-rules.ts';

const schema = buildSchema(`
  type Query { login: Account }
  type Mutation { login: Account register: Account refresh: Account logout: Boolean write: Account }
  type Account { login: String refresh: Account }
`);

function found(document: string) {
  return validate(schema, parse(document), [knownOperationType, oneCredentialField]).map(
    ({ extensions }) => extensions['validationErrorCode'],
  );
}

/** That nothing of them runs on the server is shown by abuse/one-credential.test.ts. */
describe('A7 of the fields that check a credential, one a document', () => {
  it.each([
    'mutation { a: login { login } b: login { login } }',
    'mutation { login { login } login { login } }',
    'mutation { login { login } logout }',
    'mutation { register { login } refresh { login } }',
    'mutation { login { login } ...F } fragment F on Mutation { a: login { login } }',
    'mutation { ...F ...G } fragment F on Mutation { login { login } } fragment G on Mutation { a: login { login } }',
    'mutation { ... { login { login } } ... on Mutation { logout } }',
    'mutation { login { login } logout @skip(if: true) }',
    'mutation A { login { login } } mutation B { login { login } }',
    'mutation { a: logout b: logout c: logout d: logout }',
  ])('refuses %s', (document) => {
    expect(found(document)).toEqual(['SEVERAL_CREDENTIAL_FIELDS']);
  });

  it.each([
    'mutation { logout }',
    'mutation { login { login } a: write { login } b: write { login } }',
    'mutation { ...F ...F } fragment F on Mutation { login { login } }',
    'mutation { login { login refresh { login refresh { login } } } }',
    '{ a: login { login } b: login { login } }',
  ])('lets pass %s', (document) => {
    expect(found(document)).toEqual([]);
  });
});

it('a kind of operation that the schema does not have is refused', () => {
  expect(found('subscription { events }')).toEqual(['UNKNOWN_OPERATION_TYPE']);
  expect(found('query A { __typename } subscription B { __typename }')).toEqual(['UNKNOWN_OPERATION_TYPE']);
  expect(found('query A { __typename } mutation B { logout }')).toEqual([]);
});
