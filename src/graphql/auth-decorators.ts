import { Directive } from 'type-graphql';

/** The arguments of `@auth`; roles and conditions by the names of their enums' values. */
export interface AuthOptions {
  readonly requires?: string;
  /** Seconds */
  readonly maxAge?: number;
  readonly when?: string | readonly string[];
}

/** `@auth` on a field, a query, a mutation, a subscription or a type of type-graphql. */
export function Auth({ requires, maxAge, when }: AuthOptions = {}) {
  const given = [
    requires !== undefined && `requires: ${requires}`,
    maxAge !== undefined && `maxAge: ${maxAge}`,
    when !== undefined && `when: [${[when].flat().join(', ')}]`,
  ].filter((each) => each !== false);
  return Directive(given.length === 0 ? '@auth' : `@auth(${given.join(', ')})`);
}

/** `@public` on a query, a mutation or a subscription of type-graphql. */
export function Public() {
  return Directive('@public');
}
