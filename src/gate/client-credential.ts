/** What `portcullis client create` prints: the credential by which a service may ask the issuer about tokens. */
export interface ClientCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The Authorization header of RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
export function basicAuthorization({ clientId, clientSecret }: ClientCredential): string {
  const joined = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  return `Basic ${Buffer.from(joined, 'utf8').toString('base64')}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
