import {
  type GraphQLArgumentConfig,
  GraphQLDirective,
  type GraphQLFieldConfig,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLType,
  GraphQLUnionType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

type Field = GraphQLFieldConfig<unknown, unknown>;
type Arguments = Readonly<Record<string, GraphQLArgumentConfig>>;

/**
 * Copies of the types of a schema, with other types in the places of some. All else stays as it is, applied directives and
 * resolvers too. Enums and scalars refer to nothing, and are not copied.
 */
export class TypeCopies {
  readonly #copies = new Map<GraphQLNamedType, GraphQLNamedType>();

  /** @param replacements by name */
  constructor(private readonly replacements: ReadonlyMap<string, GraphQLNamedType>) {}

  /** @param type of any kind, which its copy has too */
  of<Type extends GraphQLType>(type: Type): Type {
    return this.#of(type) as Type;
  }

  fields(fields: Readonly<Record<string, Field>>): Record<string, Field> {
    return mapValues(fields, (field) => ({
      ...field,
      type: this.of(field.type),
      args: this.#arguments(field.args ?? {}),
    }));
  }

  directive(directive: GraphQLDirective): GraphQLDirective {
    const config = directive.toConfig();
    return new GraphQLDirective({ ...config, args: this.#arguments(config.args) });
  }

  #of(type: GraphQLType): GraphQLType {
    if (isNonNullType(type)) return new GraphQLNonNull(this.of(type.ofType));
    if (isListType(type)) return new GraphQLList(this.of(type.ofType));
    const known = this.replacements.get(type.name) ?? this.#copies.get(type);
    if (known !== undefined) return known;
    const copy = isIntrospectionType(type) ? type : this.#copy(type);
    this.#copies.set(type, copy);
    return copy;
  }

  #copy(type: GraphQLNamedType): GraphQLNamedType {
    if (isObjectType(type)) return new GraphQLObjectType(this.#composite(type));
    if (isInterfaceType(type)) return new GraphQLInterfaceType(this.#composite(type));
    if (isUnionType(type)) {
      const config = type.toConfig();
      return new GraphQLUnionType({ ...config, types: () => config.types.map((each) => this.of(each)) });
    }
    if (!isInputObjectType(type)) return type;
    const config = type.toConfig();
    const fields = () => mapValues(config.fields, (field) => ({ ...field, type: this.of(field.type) }));
    return new GraphQLInputObjectType({ ...config, fields });
  }

  #composite<Type extends GraphQLObjectType | GraphQLInterfaceType>(type: Type) {
    const config = type.toConfig() as ReturnType<Type['toConfig']>;
    return {
      ...config,
      interfaces: () => config.interfaces.map((each) => this.of(each)),
      fields: () => this.fields(config.fields),
    };
  }

  #arguments(args: Arguments): Record<string, GraphQLArgumentConfig> {
    return mapValues(args, (argument) => ({ ...argument, type: this.of(argument.type) }));
  }
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
