import fc from 'fast-check';
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';

const UNKNOWN_ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const USER_IDS = ['<user.id>', '<other.id>', '<admin.id>', '<browser.id>', '<suspended.id>', '<deleted.id>'];
const SESSION_IDS = ['<user.session>', '<other.session>', '<browser.session>', '<ended.session>'];

/** Values of the right type by the name of the argument or field, so that requests get past the first look. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  id: fc.constantFrom(...SESSION_IDS, ...USER_IDS, UNKNOWN_ID),
  userId: fc.constantFrom(...USER_IDS, UNKNOWN_ID),
  sessionId: fc.constantFrom(...SESSION_IDS, UNKNOWN_ID),
  email: fc.constantFrom(
    '<fresh>@example.com',
    '<fresh>@example.com',
    '<user.email>',
    '<user.email>',
    '<user.email>',
    ' <OTHER@example.com> ',
    '<suspended.email>',
    '<deleted.email>',
    'nobody@example.com',
  ),
  password: fc.constantFrom('<user.password>', '<user.password>', '<user.password>', '<admin.password>', 'x'),
  currentPassword: fc.constantFrom('<user.password>', '<admin.password>', 'wrong'),
  newPassword: fc.constantFrom('sunlit otter parade <fresh>', 'short', 'password1234'),
  refreshToken: fc.constantFrom(
    '<user.refresh>',
    '<other.refresh>',
    '<browser.refresh>',
    '<ended.refresh>',
    '<suspended.refresh>',
    '<deleted.refresh>',
    '<user.tampered>',
    '<user.cut>',
    '<user.access>',
    'pr1_',
  ),
  transport: fc.constantFrom('BODY', 'BODY', 'COOKIE'),
  first: fc.constantFrom(1, 2, 50, 100, 200, 0, -1, 201, 2_147_483_647),
  after: fc.constantFrom(
    'WyIiXQ',
    'WzAsIiJd',
    'bnVsbA',
    'W10',
    '',
    Buffer.from(`[1,"${UNKNOWN_ID}"]`).toString('base64url'),
    Buffer.from('["user@example.com"]').toString('base64url'),
  ),
  ipAddress: fc.constantFrom('203.0.113.7', '::1', '2001:DB8::1', 'nowhere', ''),
  userAgentContains: fc.constantFrom('Fuzz', '%', '_', '\\', ''),
};

const DATES = ['2001-01-01T00:00:00Z', '2020-02-29T23:59:59.999Z', '1970-01-01T00:00:00+14:00'];
const LATE_DATES = ['2999-12-31T23:59:59Z', '9999-12-31T23:59:59.999Z'];

const BY_TYPE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Boolean: fc.boolean(),
  Int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  ID: fc.constantFrom(...USER_IDS, ...SESSION_IDS),
  DateTime: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...DATES) },
    { weight: 1, arbitrary: fc.constantFrom(...LATE_DATES) },
  ),
  String: fc.oneof(
    fc.constantFrom('Fuzz', 'Ünïcödé 😀', '', ' ', 'x'.repeat(300), '‮abc', 'e\u0301'),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
  ),
};

/** A value of a type, as it stands in variables. */
export function fitting(name: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return present(name, type.ofType);
  return fc.option(present(name, type), { nil: null, freq: 20 });
}

function present(name: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return present(name, type.ofType);
  if (isListType(type)) return fc.array(fitting(name, type.ofType), { maxLength: 3 });
  if (isInputObjectType(type)) return inputObject(type);
  if (isEnumType(type) && !(name in BY_NAME))
    return fc.constantFrom(...type.getValues().map((value) => value.name));
  const value = BY_NAME[name] ?? BY_TYPE[type.name];
  if (value === undefined) throw new Error(`No values are known for ${name}: ${type.name}.`);
  return value;
}

function inputObject(type: GraphQLInputObjectType): fc.Arbitrary<unknown> {
  const fields = Object.values(type.getFields());
  const values = Object.fromEntries(fields.map((field) => [field.name, fitting(field.name, field.type)]));
  const requiredKeys = fields.filter(isRequiredInputField).map(({ name }) => name);
  return fc.record(values, { requiredKeys });
}

/** Values at which programs have stumbled, of any type. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    true,
    0,
    -0,
    -1,
    1.5,
    1e308,
    2 ** 31,
    2 ** 53,
    '',
    '\u0000',
    '\ud800',
    '\ufffe\uffff',
    '__proto__',
    'constructor',
    '9007199254740993',
    '00000000-0000-0000-0000-000000000000',
    UNKNOWN_ID.toUpperCase(),
    `{${UNKNOWN_ID}}`,
    `urn:uuid:${UNKNOWN_ID}`,
    UNKNOWN_ID.replaceAll('-', ''),
    `${UNKNOWN_ID}\n`,
    "' OR '1'='1'; --",
    '2020-02-30T00:00:00Z',
    '+275760-09-13T00:00:00.001Z',
    '-000001-01-01T00:00:00Z',
    '2020-01-01',
    '😀'.repeat(200),
    'x'.repeat(70_000),
    [],
    [['<user.id>']],
    ['<user.id>', '<other.id>'],
    {},
    { length: 1, 0: 'x' },
    { toString: 'x', valueOf: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 1, max: 3_000 }).map(nestedList),
  fc.double(),
);

function nestedList(depth: number): unknown {
  let value: unknown = 'USER';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
