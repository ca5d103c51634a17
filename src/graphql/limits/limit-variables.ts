import { GraphQLError } from 'graphql';

/** The largest honest input has six. */
const MOST_VALUES = 1_000;

/**
 * Whether variables hold more values than an operation may bring (SECURITY F5). What GraphQL says of an unfit value it says
 * of each unknown field in it, and prints the whole of it every time: a megabyte of them took seven seconds.
 */
export function exceededVariables(variables: unknown): GraphQLError | undefined {
  if (!holdsMoreThan(MOST_VALUES, variables)) return undefined;
  const extensions = {
    code: 'BAD_USER_INPUT',
    field: 'variables',
    problem: 'TOO_MANY',
    http: { status: 400 },
  };
  return new GraphQLError(`The variables hold more than ${MOST_VALUES} values.`, { extensions });
}

/** Without recursion, since values may nest as deep as they like. */
function holdsMoreThan(most: number, value: unknown): boolean {
  const open = [value];
  for (let count = 0; count < most; count += 1) {
    const next = open.pop();
    if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) open.push(each);
    if (open.length === 0) return false;
  }
  return true;
}
