import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { verifyingKeys } from '../keys/secret.ts';
import { uuidFromBytes } from '../tokens/uuid.ts';

const ID_LENGTH = 16;

export type BucketKind = 'account' | 'known address' | 'device' | 'address';

export interface NamedBucket {
  readonly kind: BucketKind;
  readonly id: string;
  /** Its names while PORTCULLIS_SECRET is being changed: under every secret of the list. */
  readonly names: readonly string[];
  /** The account it belongs to; null: an address. */
  readonly accountId: string | null;
}

/**
 * The names under which attempts are counted: 128 bits of an HMAC-SHA-256 under a key derived from PORTCULLIS_SECRET.
 * People type their password into the e-mail field, so nothing that was typed can be read from the table, or be guessed
 * at with it.
 *
 * A bucket is named under the first secret: when that changes, the counters begin anew.
 */
export class BucketNames {
  readonly #keys: readonly Uint8Array[];

  /** @param secrets PORTCULLIS_SECRET */
  constructor(secrets: readonly Uint8Array[]) {
    this.#keys = verifyingKeys(secrets, 'login-bucket-name');
  }

  /** An account, tried by a stranger. @param email normalised, whether or not an account has it */
  account(email: string): NamedBucket {
    return this.#named('account', email, []);
  }

  /** An account, tried from an address that it knows. */
  knownAddress(email: string, ipAddress: string): NamedBucket {
    return this.#named('known address', email, [networkOf(ipAddress)]);
  }

  /** An account, tried on the device that had this session of it. */
  device(email: string, sessionId: string): NamedBucket {
    return this.#named('device', email, [sessionId]);
  }

  /** An account, tried on devices whose session of it has ended: one bucket for all of them. */
  formerDevice(email: string): NamedBucket {
    return this.#named('device', email, []);
  }

  address(ipAddress: string): NamedBucket {
    return this.#named('address', null, [networkOf(ipAddress)]);
  }

  #named(kind: BucketKind, email: string | null, subject: readonly string[]): NamedBucket {
    const names = this.#namesOf([kind, ...(email === null ? [] : [email]), ...subject]);
    const [accountId = null] = email === null ? [] : this.#namesOf(['account', email]);
    const [id] = names;
    if (id === undefined) throw new RangeError('PORTCULLIS_SECRET holds no secret.');
    return { kind, id, names, accountId };
  }

  /** JSON keeps the parts of a subject apart whatever they hold. */
  #namesOf(subject: readonly string[]): string[] {
    const content = JSON.stringify(subject);
    return this.#keys.map((key) => {
      const mac = createHmac('sha256', key).update(content).digest();
      return uuidFromBytes(mac.subarray(0, ID_LENGTH));
    });
  }
}

/**
 * What one client can take its addresses from: an IPv4 address, an IPv6 /64 (RFC 6177: a site has at least that).
 *
 * @param ipAddress in canonical spelling (see http/client-address.ts)
 */
function networkOf(ipAddress: string): string {
  const address = ipaddr.parse(ipAddress);
  if (address.kind() === 'ipv4') return address.toString();
  return Buffer.from(address.toByteArray().slice(0, 8)).toString('hex');
}
