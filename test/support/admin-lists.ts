import { type Answer, bearer, login, send, type Tokens } from './client.ts';
import type { TestServer } from './server.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts.
export type AdminNode = any;

/** Asks the lists of administration as the first admin, who signs in before the tests. */
export function adminLists(server: () => TestServer) {
  let signedIn: Tokens | undefined;
  beforeAll(async () => {
    signedIn = await login(server().url);
  });
  const admin = (): Tokens => {
    if (signedIn === undefined) throw new Error('The admin signs in before the tests.');
    return signedIn;
  };
  const ask = (query: string, variables: object): Promise<Answer> =>
    send(server().url, query, variables, bearer(admin().accessToken));
  const nodes = async (query: string, variables: object): Promise<AdminNode[]> => {
    const answer = await ask(query, variables);
    if (answer.errors !== undefined) throw new Error(answer.text);
    return answer.data[Object.keys(answer.data)[0] ?? ''].nodes;
  };
  const ids = async (query: string, variables: object) => (await nodes(query, variables)).map(({ id }) => id);
  return { admin, ask, nodes, ids };
}
