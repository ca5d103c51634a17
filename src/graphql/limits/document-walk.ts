import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { type Limit, requireWithin } from './limits.ts';
import { rowsOf } from './rows.ts';

type Field = GraphQLField<unknown, unknown>;

/** Fields of the query type that no schema lists. */
const META_FIELDS: readonly Field[] = [SchemaMetaFieldDef, TypeMetaFieldDef];

/** The fragments that a selection is in, the innermost first. */
interface Within {
  readonly name: string;
  readonly outer: Within | undefined;
}

/** What stands between one pair of braces, or the fields of one fragment. */
interface Scope {
  readonly selectionSet: SelectionSetNode;
  readonly type: GraphQLNamedType | undefined;
  readonly within: Within | undefined;
}

interface FieldUse {
  readonly node: FieldNode;
  readonly definition: Field | undefined;
  readonly within: Within | undefined;
}

/**
 * One walk over a document as its execution would go: fragments spread, fields of one name at one place merged. It ends at
 * the first limit that is exceeded, the one of selections at the latest.
 */
export class DocumentWalk {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #unused = new Set<FragmentDefinitionNode>();
  readonly #counts = { aliases: 0, directives: 0, selections: 0, repetitions: 0 };

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
  ) {}

  /** @throws GraphQLError with `validationErrorCode`, for the first limit that is exceeded */
  walk(): void {
    const { definitions } = this.document;
    for (const definition of definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      this.#fragments.set(definition.name.value, definition);
      this.#unused.add(definition);
    }
    for (const definition of definitions)
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#walkOperation(definition);
    // GraphQL refuses those that nothing spreads, but compares their fields all the same.
    for (const fragment of this.#unused) this.#walkFragment(fragment);
  }

  #walkOperation(operation: OperationDefinitionNode): void {
    const { directives, variableDefinitions = [], selectionSet } = operation;
    this.#countDirectives(directives);
    for (const variable of variableDefinitions) this.#countDirectives(variable.directives);
    const type = this.schema.getRootType(operation.operation) ?? undefined;
    const cost = this.#costOf([{ selectionSet, type, within: undefined }], 1, undefined);
    requireWithin('cost', cost, operation);
  }

  #walkFragment(fragment: FragmentDefinitionNode): void {
    this.#costOf([this.#scopeOf(fragment, undefined)], 1, undefined);
  }

  /**
   * @param scopes all that is selected at one place of the answer
   * @param rows how many values each list has here, where a connection says so
   * @returns how many values the answer may hold here
   */
  #costOf(scopes: readonly Scope[], depth: number, rows: number | undefined): number {
    const fields = new Map<string, FieldUse[]>();
    for (const scope of scopes) this.#collect(scope, depth, fields);
    let cost = 0;
    for (const uses of fields.values()) cost += this.#costOfField(uses, depth, rows);
    return cost;
  }

  #costOfField(uses: readonly FieldUse[], depth: number, above: number | undefined): number {
    const known = uses.flatMap(({ definition, node }) =>
      definition ? [rowsOf(definition, node, above)] : [],
    );
    const own = Math.max(1, ...known.map((rows) => rows.own));
    const below = known.find((rows) => rows.below !== undefined)?.below;
    const scopes = uses.flatMap(({ node: { selectionSet }, definition, within }) => {
      const type = definition && getNamedType(definition.type);
      return selectionSet ? [{ selectionSet, type, within }] : [];
    });
    return own * (1 + (scopes.length > 0 ? this.#costOf(scopes, depth + 1, below) : 0));
  }

  #collect(scope: Scope, depth: number, fields: Map<string, FieldUse[]>): void {
    for (const selection of scope.selectionSet.selections) {
      this.#count('selections', selection);
      this.#countDirectives(selection.directives);
      if (selection.kind === Kind.FIELD) this.#collectField(selection, scope, depth, fields);
      else {
        const inner = this.#innerScope(selection, scope);
        if (inner !== undefined) this.#collect(inner, depth, fields);
      }
    }
  }

  #collectField(
    node: FieldNode,
    { type, within }: Scope,
    depth: number,
    fields: Map<string, FieldUse[]>,
  ): void {
    requireWithin('depth', depth, node);
    if (node.alias) this.#count('aliases', node);
    const definition = this.#definitionOf(node.name.value, type);
    const name = node.alias?.value ?? node.name.value;
    const uses = fields.get(name) ?? [];
    if (uses.length > 0) this.#count('repetitions', node);
    uses.push({ node, definition, within });
    fields.set(name, uses);
  }

  #definitionOf(name: string, type: GraphQLNamedType | undefined): Field | undefined {
    const meta =
      type === this.schema.getQueryType() ? META_FIELDS.find((each) => each.name === name) : undefined;
    if (meta !== undefined) return meta;
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  }

  #innerScope(selection: Exclude<SelectionNode, FieldNode>, scope: Scope): Scope | undefined {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#spread(selection, scope.within);
    const { selectionSet, typeCondition } = selection;
    const type = typeCondition ? this.schema.getType(typeCondition.name.value) : scope.type;
    return { selectionSet, type, within: scope.within };
  }

  /** Not a fragment within itself: it has no end, and GraphQL refuses it and names it. */
  #spread({ name }: FragmentSpreadNode, within: Within | undefined): Scope | undefined {
    const fragment = this.#fragments.get(name.value);
    if (fragment === undefined || isWithin(name.value, within)) return undefined;
    return this.#scopeOf(fragment, within);
  }

  #scopeOf(fragment: FragmentDefinitionNode, outer: Within | undefined): Scope {
    if (this.#unused.delete(fragment)) this.#countDirectives(fragment.directives);
    const type = this.schema.getType(fragment.typeCondition.name.value);
    return { selectionSet: fragment.selectionSet, type, within: { name: fragment.name.value, outer } };
  }

  #countDirectives(directives: readonly DirectiveNode[] = []): void {
    for (const directive of directives) this.#count('directives', directive);
  }

  #count(what: Exclude<Limit, 'depth' | 'cost'>, node: ASTNode): void {
    this.#counts[what] += 1;
    requireWithin(what, this.#counts[what], node);
  }
}

function isWithin(name: string, within: Within | undefined): boolean {
  for (let each = within; each !== undefined; each = each.outer) if (each.name === name) return true;
  return false;
}
