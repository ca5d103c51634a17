import { randomUUID } from 'node:crypto';

/** 62 random bits of this process; a number follows them. Nobody need be unable to guess one, but no two may be the same. */
const OWN_PART = randomUUID().slice(0, 24);
const NUMBER_LENGTH = 12;

let requests = 0;

/** In the form of a UUID, for a tenth of what a random one takes. */
export function nextRequestId(): string {
  requests += 1;
  return OWN_PART + requests.toString(16).padStart(NUMBER_LENGTH, '0');
}
