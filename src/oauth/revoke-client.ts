import type { Actor } from '../sessions/end-sessions.ts';
import { type Client, type ClientStore, clientWords } from './client.ts';

/**
 * Makes a client's credential worthless, at every instance from its next request on. One that is revoked already stays as
 * it is.
 *
 * @returns the client as it is now; undefined: there is none
 * @throws Refusal UNAVAILABLE
 */
export async function revokeClient(
  store: ClientStore,
  id: string,
  actor: Actor,
): Promise<Client | undefined> {
  return store.transact(async (tx) => {
    const client = await tx.client(id);
    if (client === undefined || client.revokedAt !== null) return client;
    await tx.updateClient(id, { revokedAt: tx.now });
    const detail = clientWords(client);
    await tx.record([
      { type: 'CLIENT_REVOKED', at: tx.now, userId: null, sessionId: null, detail, ...actor },
    ]);
    return { ...client, revokedAt: tx.now };
  });
}
