/** The text with a mark where a refresh token or a JWT stood: clients put them where they do not belong. */
export function withoutTokens(text: string): string {
  return text.replace(/pr1_[\w-]{8,}/g, 'pr1_[redacted]').replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]');
}
