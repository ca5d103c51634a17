import type { Answer } from './client.ts';
import type { TestDatabase } from './databases.ts';
import type { Secret } from './secret-search.ts';

/** How the refresh token goes to the client: in a cookie it has no place in the body, and the other way round. */
export type Channel = 'BODY' | 'COOKIE';

/** What somebody could read, under the name of what was asked. */
export interface Saying {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Every secret that was used or issued, and everything that was said, but for what was issued where it belongs. */
export class DayRecord {
  readonly #secrets = new Map<string, Secret>();
  readonly said: Saying[] = [];
  readonly documents: string[] = [];
  readonly commands: string[] = [];
  /** The one that was issued last. */
  accessToken = '';

  get secrets(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  keep(name: string, text: string, bytes?: Buffer): void {
    this.#secrets.set(text, { name, text, forms: [Buffer.from(text), ...(bytes ? [bytes] : [])] });
  }

  keepPassword(password: string): void {
    this.keep(`password ${password}`, password);
  }

  /** Secret are the whole and its signature; whoever has header and claims has nothing. */
  keepAccessToken(token: string): void {
    this.accessToken = token;
    const signature = token.split('.')[2] ?? '';
    this.keep(`access token …${token.slice(-8)}`, token, Buffer.from(signature, 'base64url'));
  }

  /** Of its bytes the MAC alone is secret: session id, generation and branch stand in the row. */
  keepRefreshToken(token: string): void {
    const mac = Buffer.from(token.slice(4), 'base64url').subarray(-32);
    this.keep(`refresh token …${token.slice(-8)}`, token, mac);
  }

  keepClientSecret(secret: string): void {
    this.keep(`client secret …${secret.slice(-8)}`, secret, Buffer.from(secret.slice(5), 'base64url'));
  }

  say(what: string, text: string): void {
    this.said.push({ what, bytes: Buffer.from(text) });
  }

  /** Keeps what an answer issued, and of its headers and its body all the rest. */
  answered(document: string, answer: Said, channel: Channel): void {
    this.documents.push(document);
    const body = JSON.parse(answer.text) as { data?: Record<string, Issued | null> | null };
    for (const payload of Object.values(body.data ?? {})) if (payload) this.#takeIssued(payload, channel);
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie');
    const cookies = answer.setCookies.map((text) => (channel === 'COOKIE' ? this.#takeCookie(text) : text));
    this.say(document, JSON.stringify([headers, cookies, body]));
  }

  #takeIssued(payload: Issued, channel: Channel): void {
    if (payload.accessToken) this.keepAccessToken(payload.accessToken);
    if (payload.refreshToken) this.keepRefreshToken(payload.refreshToken);
    delete payload.accessToken;
    if (channel === 'BODY') delete payload.refreshToken;
  }

  #takeCookie(text: string): string {
    const [, value = ''] = /^(?:__Host-)?refresh_token=([^;]+)/.exec(text) ?? [];
    if (value === '') return text;
    this.keepRefreshToken(value);
    return text.replace(value, '');
  }
}

type Said = Pick<Answer, 'headers' | 'setCookies' | 'text'>;

interface Issued {
  accessToken?: string;
  refreshToken?: string;
}

/** What the database has to hold and nobody may read: of sessions, passwords and keys. */
export async function storedSecrets(database: TestDatabase): Promise<Secret[]> {
  const columns = [
    ['sessions', 'secret'],
    ['users', 'password_hash'],
    ['signing_keys', 'encrypted_private_jwk'],
    ['clients', 'secret_hash'],
  ];
  const secrets: Secret[] = [];
  for (const [table, column = ''] of columns) {
    for (const row of await database.query(`SELECT ${column} FROM ${table}`)) {
      const value = row[column];
      if (value === null) continue;
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
      secrets.push({ name: `${column} of ${table}`, text: bytes.toString('hex'), forms: [bytes] });
    }
  }
  return secrets;
}
