type Class = { readonly name: string };

interface Method {
  readonly target: Class;
  readonly methodName: string;
}

interface Given {
  readonly target: Class;
  readonly directive: { readonly nameOrDefinition: string };
}

/** What type-graphql collects from the decorators; there is no other way to ask for it. */
interface Collected {
  readonly fieldDirectives: readonly (Given & { readonly fieldName: string })[];
  readonly classDirectives: readonly Given[];
  readonly fields: readonly { readonly target: Class; readonly name: string }[];
  readonly queries: readonly Method[];
  readonly mutations: readonly Method[];
  readonly subscriptions: readonly Method[];
  readonly fieldResolvers: readonly Method[];
  readonly resolverClasses: readonly { readonly target: Class; readonly getObjectType: () => Class }[];
  readonly objectTypes: readonly { readonly target: Class }[];
  readonly interfaceTypes: readonly { readonly target: Class }[];
}

/**
 * Places where type-graphql takes an `@auth` and then drops it in silence: the resolver of a field that its type declares
 * itself, and a class that is no type. The field would be open, and nothing in the schema tells.
 *
 * @returns a sentence for each; none where type-graphql is not used
 */
export function lostDirectives(): string[] {
  const { TypeGraphQLMetadataStorage: collected } = globalThis as {
    readonly TypeGraphQLMetadataStorage?: Collected;
  };
  return collected === undefined ? [] : [...lostOfFields(collected), ...lostOfClasses(collected)];
}

function lostOfFields(collected: Collected): string[] {
  const { fieldDirectives, fields, queries, mutations, subscriptions, fieldResolvers, resolverClasses } =
    collected;
  const isField = (target: Class | undefined, name: string) =>
    fields.some((field) => field.target === target && field.name === name);
  const isMethod = (methods: readonly Method[], target: Class, name: string) =>
    methods.some((method) => method.target === target && method.methodName === name);
  const typeOf = (target: Class) => resolverClasses.find((each) => each.target === target)?.getObjectType();
  const isDeclaredHere = (target: Class, name: string) =>
    isMethod(fieldResolvers, target, name) && !isField(typeOf(target), name);
  return fieldDirectives
    .filter(isAuth)
    .filter(
      ({ target, fieldName }) =>
        !isField(target, fieldName) &&
        !isMethod([...queries, ...mutations, ...subscriptions], target, fieldName) &&
        !isDeclaredHere(target, fieldName),
    )
    .map(
      ({ target, fieldName }) =>
        `${target.name}.${fieldName}: type-graphql drops the @auth of a field resolver; it belongs to the field of the type.`,
    );
}

function lostOfClasses({ classDirectives, objectTypes, interfaceTypes }: Collected): string[] {
  const types = [...objectTypes, ...interfaceTypes].map(({ target }) => target);
  return classDirectives
    .filter(isAuth)
    .filter(({ target }) => !types.includes(target))
    .map(({ target }) => `${target.name}: type-graphql drops the @auth of a class that is no type.`);
}

function isAuth({ directive }: Given): boolean {
  return /^@?auth\b/.test(directive.nameOrDefinition.trim());
}
