import type { IncomingHttpHeaders } from 'node:http';
import { HeaderMap } from '@apollo/server';
import type { TransportedRequest } from '../graphql/request.ts';
import type { Exchange } from './exchange.ts';

/** A request as the GraphQL server takes it. Its headers are read when somebody looks: for most, nobody does. */
export class ReceivedRequest implements TransportedRequest {
  readonly method: string;
  readonly search: string;
  readonly answerType: string | undefined;
  readonly #received: IncomingHttpHeaders;
  #headers: HeaderMap | undefined;

  /**
   * @param answerType undefined: Apollo Server has to find out
   * @param body of a POST, which came as JSON
   */
  constructor(
    { request, search }: Exchange,
    answerType: string | undefined,
    readonly body: object | undefined,
  ) {
    this.method = request.method ?? 'GET';
    this.search = search;
    this.answerType = body === undefined ? undefined : answerType;
    this.#received = request.headers;
  }

  /** All of them: Apollo's CSRF prevention decides by them. */
  get headers(): HeaderMap {
    this.#headers ??= headerMap(this.#received);
    return this.#headers;
  }
}

function headerMap(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
