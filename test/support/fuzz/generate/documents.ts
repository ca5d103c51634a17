import fc from 'fast-check';
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  print,
} from 'graphql';
import { SCHEMA } from '../root-fields.ts';
import { fitting } from './values.ts';

/** What a client of the schema could send. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

interface FieldPlan {
  readonly kind: 'field';
  readonly name: string;
  readonly alias: boolean;
  readonly given: readonly ArgumentPlan[];
  readonly condition: Condition;
  readonly selection: readonly Plan[];
}

interface FragmentPlan {
  readonly kind: 'inline' | 'typed' | 'named';
  readonly on: string;
  readonly condition: Condition;
  readonly selection: readonly Plan[];
}

type Plan = FieldPlan | FragmentPlan;

interface ArgumentPlan {
  readonly argument: GraphQLArgument;
  readonly value: unknown;
  readonly how: 'literal' | 'variable' | 'default' | 'absent';
}

interface OperationPlan {
  readonly operation: 'query' | 'mutation';
  readonly selection: readonly Plan[];
}

const CONDITIONS = ['', '@include(if: true)', '@skip(if: false)', '@skip(if: true)'] as const;
type Condition = (typeof CONDITIONS)[number] | '@include(if: $)' | '@skip(if: $)';

const DEEPEST = 5;

const condition = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Condition>('') },
  { weight: 1, arbitrary: fc.constantFrom<Condition>(...CONDITIONS, '@include(if: $)', '@skip(if: $)') },
);

/** Fields of which a document may hold one (SECURITY A7). */
const CREDENTIAL = new Set(['register', 'login', 'refresh', 'logout', 'reauthenticate', 'changePassword']);

/** Documents that are valid by the schema: selections, arguments, variables, aliases, fragments, directives, several operations. */
export function operations(): fc.Arbitrary<Operation> {
  const one = fc.oneof(operationOf('query'), operationOf('mutation'));
  return fc
    .record({
      plans: fc.oneof(
        { weight: 6, arbitrary: fc.array(one, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(one, { minLength: 2, maxLength: 3 }) },
      ),
      chosen: fc.nat({ max: 2 }),
    })
    .map(({ plans, chosen }) => new Writer().write(plans, chosen % plans.length));
}

function operationOf(operation: 'query' | 'mutation'): fc.Arbitrary<OperationPlan> {
  const type = operation === 'query' ? SCHEMA.getQueryType() : SCHEMA.getMutationType();
  if (!type) throw new Error(`The schema has no ${operation}.`);
  return selectionOf(type, DEEPEST, 3).map((selection) => ({ operation, selection }));
}

const selections = new Map<string, fc.Arbitrary<Plan[]>>();

function selectionOf(type: GraphQLObjectType, depth: number, maxLength = 6): fc.Arbitrary<Plan[]> {
  const key = `${type.name} ${depth}`;
  const known = selections.get(key) ?? fc.array(planOf(type, depth), { minLength: 1, maxLength });
  selections.set(key, known);
  return known;
}

function planOf(type: GraphQLObjectType, depth: number): fc.Arbitrary<Plan> {
  const fields = Object.values(type.getFields()).filter((field) => depth > 0 || !isObjectType(named(field)));
  const field = fc.oneof(...fields.map((each) => fieldOf(each, depth)), fc.constant(TYPE_NAME));
  if (depth === 0) return field;
  return fc.oneof({ weight: 8, arbitrary: field }, { weight: 1, arbitrary: fragmentOf(type, depth - 1) });
}

const TYPE_NAME: FieldPlan = {
  kind: 'field',
  name: '__typename',
  alias: false,
  given: [],
  condition: '',
  selection: [],
};

function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<FieldPlan> {
  const type = named(field);
  return fc.record({
    kind: fc.constant('field' as const),
    name: fc.constant(field.name),
    alias: fc.nat({ max: 7 }).map((n) => n === 7),
    given: fc.tuple(...field.args.map(argumentOf)),
    condition,
    selection: isObjectType(type) ? selectionOf(type, depth - 1) : fc.constant([]),
  });
}

function fragmentOf(type: GraphQLObjectType, depth: number): fc.Arbitrary<FragmentPlan> {
  return fc.record({
    kind: fc.constantFrom('inline', 'typed', 'named'),
    on: fc.constant(type.name),
    condition,
    selection: selectionOf(type, depth),
  });
}

function argumentOf(argument: GraphQLArgument): fc.Arbitrary<ArgumentPlan> {
  const required = isRequiredArgument(argument);
  return fc.record({
    argument: fc.constant(argument),
    value: fitting(argument.name, argument.type),
    how: required
      ? fc.constantFrom('literal', 'variable', 'variable')
      : fc.constantFrom('literal', 'variable', 'default', 'absent'),
  });
}

function named(field: GraphQLField<unknown, unknown>) {
  return getNamedType(field.type);
}

/** Puts plans into words: names what needs a name, and declares what is used. */
class Writer {
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #declared: string[] = [];
  #names = 0;
  #credentials = 0;

  write(plans: readonly OperationPlan[], chosen: number): Operation {
    const several = plans.length > 1;
    const texts = plans.map((plan, index) => this.#operation(plan, several ? `O${index}` : ''));
    const query = [...texts, ...this.#fragments].join('\n');
    return { query, variables: this.#variables, ...(several && { operationName: `O${chosen}` }) };
  }

  #operation({ operation, selection }: OperationPlan, name: string): string {
    this.#declared = [];
    const body = this.#selection(selection);
    const declared = this.#declared.length === 0 ? '' : `(${this.#declared.join(', ')})`;
    return `${operation} ${name}${declared} ${body}`;
  }

  #selection(plans: readonly Plan[]): string {
    const parts = plans.flatMap((plan) => (plan.kind === 'field' ? this.#field(plan) : this.#fragment(plan)));
    return `{ ${parts.length === 0 ? '__typename' : parts.join(' ')} }`;
  }

  #field({ name, alias, given, condition: asked, selection }: FieldPlan): string[] {
    if (CREDENTIAL.has(name)) {
      this.#credentials += 1;
      if (this.#credentials > 1) return [];
    }
    // Two fields of one key must be the same field with the same arguments.
    const key = given.length > 0 || CREDENTIAL.has(name) ? `${this.#name('a')}: ` : alias ? `${name}_: ` : '';
    const passed = given.flatMap((each) => this.#argument(each));
    const list = passed.length === 0 ? '' : `(${passed.join(', ')})`;
    const body = selection.length === 0 ? '' : ` ${this.#selection(selection)}`;
    return [`${key}${name}${list} ${this.#condition(asked)}${body}`];
  }

  #fragment({ kind, on, condition: asked, selection }: FragmentPlan): string[] {
    const body = this.#selection(selection);
    if (kind === 'inline') return [`... ${this.#condition(asked)} ${body}`];
    if (kind === 'typed') return [`... on ${on} ${this.#condition(asked)} ${body}`];
    const name = this.#name('F');
    this.#fragments.push(`fragment ${name} on ${on} ${body}`);
    return [`...${name} ${this.#condition(asked)}`];
  }

  #condition(asked: Condition): string {
    return asked.replace('$', () => this.#declare('Boolean!', true));
  }

  #argument({ argument, value, how }: ArgumentPlan): string[] {
    const { name, type } = argument;
    if (how === 'absent') return [];
    const literal = () => print(astFromValue(value, type) ?? { kind: 'NullValue' as never });
    if (how === 'literal') return [`${name}: ${literal()}`];
    if (how === 'variable' || isNonNullType(type))
      return [`${name}: ${this.#declare(type.toString(), value)}`];
    const variable = this.#name('v');
    this.#declared.push(`$${variable}: ${type} = ${literal()}`);
    return [`${name}: $${variable}`];
  }

  #declare(type: string, value: unknown): string {
    const name = this.#name('v');
    this.#declared.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #name(letter: string): string {
    this.#names += 1;
    return `${letter}${this.#names}`;
  }
}
