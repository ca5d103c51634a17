import { ApolloLink } from '@apollo/client';
import { Observable } from 'rxjs';
import { type PortcullisClient, refusalOf } from '../index.ts';
import { HeldAnswer } from './held-answer.ts';

/**
 * Puts the access token on each operation and sends it again, once, where a newer token helps. It stands before an
 * HttpLink to this server or to one that trusts it, whose fetch is the plain one: that link's address gets the token.
 */
export function createPortcullisLink(client: Pick<PortcullisClient, 'send'>): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        let held: HeldAnswer | undefined;
        const attempt = async (token: string | undefined) => {
          held?.drop();
          if (observer.closed) throw new DOMException('The operation was cancelled.', 'AbortError');
          setToken(operation, token);
          held = new HeldAnswer(forward(operation));
          return held.first;
        };
        client.send(attempt, refusalOf).then(
          () => held?.release(observer),
          (error) => observer.error(error),
        );
        return () => held?.drop();
      }),
  );
}

function setToken(operation: ApolloLink.Operation, token: string | undefined): void {
  operation.setContext(({ headers = {} }) => {
    const { authorization: _, ...others } = headers as Record<string, string>;
    return { headers: token === undefined ? others : { ...others, authorization: `Bearer ${token}` } };
  });
}
