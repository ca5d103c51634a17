/** From one `eyJ` to the next at most, else a text of nothing else is read to its end from each of them (SECURITY F5). */
const JWT = /eyJ(?:(?!eyJ)[\w-])+\.[\w-]+\.[\w-]*/g;

/** The text with a mark where a refresh token, the secret of a client or a JWT stood: clients put them where they do not belong. */
export function withoutTokens(text: string): string {
  return text.replace(/(pr1_|pcs1_)[\w-]{8,}/g, '$1[redacted]').replace(JWT, '[redacted]');
}
