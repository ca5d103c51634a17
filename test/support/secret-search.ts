import { createHash } from 'node:crypto';

/** Something that must stay between the server and its client, under the name by which a test reports it. */
export interface Secret {
  readonly name: string;
  readonly text: string;
  /** In every form that it has: as text, and as the bytes that the text stands for. */
  readonly forms: readonly Buffer[];
}

/** What a search knows a secret by. */
interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Of a hash that was cut off as much would be there. */
const DIGESTS = ['md5', 'sha1', 'sha256', 'sha512'];
/** Shorter spellings would be found by chance. */
const SHORTEST = 8;
const BITS = 20;
/** Jest looks every global up anew, which the loop over each byte would feel. */
const { imul } = Math;

/**
 * The names of those secrets that stand in the haystack: as they are, in UTF-16, percent-encoded, in hexadecimal, in
 * base64 at any offset; and likewise their unsalted hashes, with which a guess could be tried.
 */
export function found(secrets: readonly Secret[], haystack: Buffer): string[] {
  return search(secrets)(haystack);
}

/** The same for many haystacks: each is read once, however many secrets there are. */
export function search(secrets: readonly Secret[]): (haystack: Buffer) => string[] {
  const needles = secrets.flatMap(needlesOf);
  const byStart = new Map<number, Needle[]>();
  for (const needle of needles) {
    const start = needle.bytes.readUInt32BE(0);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  const starts = new Uint8Array(2 ** BITS);
  for (const start of byStart.keys()) starts[slot(start)] = 1;
  return (haystack) => {
    const names = new Set<string>();
    let start = 0;
    for (let at = 0; at < haystack.length; at++) {
      start = ((start << 8) | (haystack[at] ?? 0)) >>> 0;
      if (starts[slot(start)] === 0) continue;
      for (const { name, bytes } of byStart.get(start) ?? []) {
        if (haystack.subarray(at - 3, at - 3 + bytes.length).equals(bytes)) names.add(name);
      }
    }
    return [...names];
  };
}

function slot(start: number): number {
  return imul(start, 0x9e3779b1) >>> (32 - BITS);
}

function needlesOf({ name, text, forms }: Secret): Needle[] {
  const digests = forms.flatMap((form) => DIGESTS.map((digest) => createHash(digest).update(form).digest()));
  const spellings = [...forms, ...digests].flatMap(spellingsOf);
  const utf16 = Buffer.from(text, 'utf16le');
  const escaped = [encodeURIComponent(text), new URLSearchParams([['', text]]).toString().slice(1)];
  return [...spellings, utf16, Buffer.from(utf16).swap16(), ...escaped.map((each) => Buffer.from(each))]
    .filter((bytes) => bytes.length >= SHORTEST)
    .map((bytes) => ({ name, bytes }));
}

function spellingsOf(bytes: Buffer): Buffer[] {
  const hex = bytes.toString('hex');
  const texts = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64At(offset, bytes))];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

/** What neighbouring bytes would change is cut off at both ends. */
function base64At(offset: number, bytes: Buffer): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const inner = encoded.slice(offset === 0 ? 0 : 4, -4);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}
