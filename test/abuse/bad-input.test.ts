import { type GraphQLArgument, type GraphQLInputField, isInputObjectType, isNonNullType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import { bearer, LOGIN, login, registerUser, send, type Tokens } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

/** Texts and values at which programs have stumbled; none may be a failure of ours. */
const ODD: readonly unknown[] = [
  '',
  '\u0000',
  'a\u0000b@example.com',
  '\ud800@example.com',
  '\ufffe\uffff@example.com',
  '😀'.repeat(120),
  'x'.repeat(70_000),
  `${'e\u0301'.repeat(120)}@example.com`,
  'İ@example.com',
  "' OR '1'='1'; DROP TABLE users; --",
  '%s%n../../etc/passwd{{7*7}}',
  '__proto__',
  '9007199254740993',
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  true,
  null,
  [],
  [['x']],
  {},
  { length: 1, 0: 'x' },
  { toString: 'x' },
];

const schema = createSchema();

/** Codes that say what is wrong with a request; anything else would be wrong with the server. */
const REFUSALS = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'INVALID_CREDENTIALS',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'GRAPHQL_VALIDATION_FAILED',
];

const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({
    operation: type === schema.getMutationType() ? 'mutation' : 'query',
    field,
  })),
);
const withArguments = rootFields.filter(({ field }) => field.args.length > 0);

onMysql('bad input of any kind', (database) => {
  const server = runServer(database);

  it('H1 in a variable is named, and the password beside it is not repeated', async () => {
    const input = { email: ADMIN.email, password: 'a secret; Field of mine', transport: 'BODY' };
    const unknown = await send(server().url, LOGIN, { input: { ...input, pin: 'also a secret' } });
    expect(unknown.errors?.[0]?.message).toBe(
      'Variable "$input" got an invalid value; Field "pin" is not defined by type "LoginInput".',
    );
    const unfit = await send(server().url, LOGIN, { input: { ...input, deviceName: { secret: 'x' } } });
    expect(unfit.errors?.[0]?.message).toBe(
      'Variable "$input" got an invalid value at "input.deviceName"; String cannot represent a non string value',
    );
    expect(unknown.text + unfit.text).not.toContain('secret');
    const { password } = ADMIN;
    expect((await send(server().url, LOGIN, { input: { ...input, password } })).errors).toBeUndefined();
  });

  it('H1 in the document is named, and the password beside it is not repeated', async () => {
    const { email, password } = ADMIN;
    const document = `mutation ($email: String = "${email}") {
      login(input: { email: $email, password: "${password}", transport: BODY }) { tokenType }
    }`;
    const refused = await send(server().url, document, { email: null });
    expect(refused.errors).toMatchObject([
      {
        message: 'Argument "input" has an invalid value.',
        path: ['login'],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(refused.text).not.toContain(password);
    expect((await send(server().url, document)).data.login).toEqual({ tokenType: 'Bearer' });
  });

  it.each(withArguments.map((each) => [each.field.name, each] as const))(
    'to %s gets an error that says so, or an answer, and never a failure',
    async (_, { operation, field }) => {
      const user = await registerUser(server().url);
      const admin = await login(server().url);
      const others = honestArguments(field.args, await registerUser(server().url));
      for (const place of field.args.flatMap(placesOf)) {
        const declared = field.args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
        const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
        const document = `${operation} (${declared}) { ${field.name}(${passed}) { __typename } }`;
        for (const [index, value] of ODD.entries()) {
          const { accessToken } = index % 2 === 0 ? user : admin;
          const answer = await send(
            server().url,
            document,
            { ...others, ...place(value) },
            bearer(accessToken),
          );
          const code = answer.refusal?.['code'];
          expect([200, 400]).toContain(answer.status);
          if (code !== undefined && !REFUSALS.includes(String(code)))
            throw new Error(
              `${field.name} with ${JSON.stringify(place(value)).slice(0, 200)}: ${answer.text}`,
            );
        }
      }
      const errors = server()
        .log()
        .filter(({ level }) => level === 'error' || level === 'warn');
      expect(errors).toEqual([]);
    },
  );
});

/** What the other arguments are while one is odd, so that the odd one is what is judged. */
function honestArguments(args: readonly GraphQLArgument[], target: Tokens): Record<string, unknown> {
  const known: Record<string, unknown> = {
    id: target.sessionId,
    userId: target.userId,
    status: 'SUSPENDED',
    roles: ['USER'],
    filter: { userId: target.userId },
    password: ADMIN.password,
  };
  const names = args.filter(({ type }) => isNonNullType(type)).map(({ name }) => name);
  return Object.fromEntries(names.filter((name) => name in known).map((name) => [name, known[name]]));
}

/** Variables with a value in one place and what is honest in all others. */
type Place = (value: unknown) => Record<string, unknown>;

function placesOf(arg: GraphQLArgument): Place[] {
  const type = isNonNullType(arg.type) ? arg.type.ofType : arg.type;
  const itself: Place = (value) => ({ [arg.name]: value });
  if (!isInputObjectType(type)) return [itself];
  const fields = Object.values(type.getFields());
  const honest = Object.fromEntries(fields.flatMap((field) => honestValue(field)));
  return [
    itself,
    ...fields.map(
      ({ name }): Place =>
        (value) => ({ [arg.name]: { ...honest, [name]: value } }),
    ),
  ];
}

function honestValue({ name }: GraphQLInputField): [string, unknown][] {
  const known: Record<string, unknown> = {
    email: `nobody-${Math.random()}@example.com`,
    password: ADMIN.password,
    transport: 'BODY',
  };
  return name in known ? [[name, known[name]]] : [];
}
