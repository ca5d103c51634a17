/**
 * The bytes of a canonical base64url text: no padding, no white space, no other alphabet, slack bits zero; else
 * undefined. Decoders, jose's and Node's too, accept many spellings of the same bytes, and two texts of one
 * token would slip past whatever is keyed on its text (RFC 4648 §3.5, §12).
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
