import { fileURLToPath } from 'node:url';
import { embed, type Portcullis, type PortcullisOptions } from './embed.ts';

export type { AuthContext } from './directive/auth-context.ts';
export { authTypeDefs } from './directive/auth-type-defs.ts';
export type { AuthRules, Condition, Question } from './directive/rules.ts';
export { SchemaError } from './directive/schema-error.ts';
export { Refusal } from './errors/refusal.ts';
export type { HostContext, HostRequest } from './graphql/context.ts';
export type { AuthenticatedCaller } from './guard/authenticated-caller.ts';
export type { Gate } from './guard/gate.ts';
export type * from './hooks/hooks.ts';
export { SettingsError } from './settings/load.ts';
export type { Portcullis, PortcullisOptions };

/** Where the build puts it, seen from dist/src. */
const CONSOLE = fileURLToPath(new URL('../console', import.meta.url));

/**
 * Starts Portcullis in this process: on a port of its own, or on a server of yours, with your schema and your hooks.
 *
 * @throws SettingsError, SchemaError, Refusal UNAVAILABLE when the database cannot be reached; Error that says what is wrong
 *   with console, secret, key, address or port
 */
export function startPortcullis(options: PortcullisOptions = {}): Promise<Portcullis> {
  return embed(options, CONSOLE);
}
