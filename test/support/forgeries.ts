import { audienceForgeries, timeForgeries, typeForgeries } from './forgeries/claims.ts';
import { type Draft, Forge, type ForgeMaterial, type RowId } from './forgeries/forge.ts';
import { containerForgeries, spellingForgeries } from './forgeries/form.ts';
import { embeddedKeyForgeries, headerForgeries, kidForgeries, typForgeries } from './forgeries/header.ts';
import { signatureForgeries, symmetricForgeries } from './forgeries/signature.ts';

export type { ForgeMaterial } from './forgeries/forge.ts';

/** A token that no verifier may accept. */
export interface Forgery {
  /** Row of the security table. */
  readonly id: RowId;
  readonly name: string;
  readonly token: string;
  readonly reason: 'INVALID' | 'EXPIRED';
  /** Whether an HTTP header carries it unchanged: no control characters, no outer white space, below Node's limit. */
  readonly sendable: boolean;
}

/**
 * Rows B1 to B10 as tokens, made from one that the server accepts. Wherever the point is not the signature they
 * are signed with the server's real key, so that each is wrong in exactly one thing.
 */
export async function forgeries(material: ForgeMaterial): Promise<Forgery[]> {
  const forge = new Forge(material);
  const drafts = await Promise.all([
    signatureForgeries(forge),
    symmetricForgeries(forge),
    embeddedKeyForgeries(forge),
    kidForgeries(forge),
    typForgeries(forge),
    audienceForgeries(forge),
    timeForgeries(forge),
    typeForgeries(forge),
    spellingForgeries(forge),
    headerForgeries(forge),
    containerForgeries(forge),
  ]);
  return drafts.flat().map(toForgery);
}

/** The control: made by the same tools from the same parts with nothing wrong in it, so it must be accepted. */
export function honestTwin(material: ForgeMaterial): Promise<string> {
  return new Forge(material).withClaims({});
}

function toForgery({ row, name, token, reason = 'INVALID' }: Draft): Forgery {
  const sendable = /^[!-~]([ -~]*[!-~])?$/.test(token) && token.length < 15_000;
  return { id: row, name, token, reason, sendable };
}
