export interface ClientOptions {
  /** The GraphQL endpoint, e.g. `/graphql` or `https://auth.example.com/graphql`. */
  readonly url: string;
}
