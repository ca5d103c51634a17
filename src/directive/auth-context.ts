import type { AuthenticatedCaller } from '../guard/authenticated-caller.ts';
import type { Gate } from '../guard/gate.ts';
import { Decisions } from './decisions.ts';

/** What resolvers find in their context, beside what their server puts there. */
export interface AuthContext {
  /** Who calls, in the resolver of a field that @auth guards, and below one; anywhere else reading it throws. */
  readonly auth: AuthenticatedCaller;
}

/**
 * What `@auth` needs of the context of each request; it belongs into it beside whatever the resolvers need. Nothing is asked
 * of the gate until a field is.
 *
 * @param authorization the raw header; of a socket, what came with `connection_init`
 */
export function authContext(gate: Gate, authorization: string | undefined): AuthContext {
  return { auth: new Decisions(gate, authorization) };
}
