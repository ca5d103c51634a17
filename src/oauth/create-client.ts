import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../sessions/end-sessions.ts';
import { type Client, type ClientStore, clientWords } from './client.ts';
import { generateSecret, hashSecret } from './client-secret.ts';

/** The only time that the secret is known. */
export interface CreatedClient {
  readonly client: Client;
  readonly secret: string;
}

/**
 * @param name as `parseLabel` leaves it
 * @throws Refusal UNAVAILABLE
 */
export async function createClient(store: ClientStore, name: string, actor: Actor): Promise<CreatedClient> {
  const id = uuidv7();
  const secret = generateSecret();
  return store.transact(async (tx) => {
    const unused = { lastUsedAt: null, revokedAt: null };
    const client = { id, name, secretHash: hashSecret(id, secret), createdAt: tx.now, ...unused };
    await tx.insertClient(client);
    const detail = clientWords(client);
    await tx.record([
      { type: 'CLIENT_CREATED', at: tx.now, userId: null, sessionId: null, detail, ...actor },
    ]);
    return { client, secret };
  });
}
