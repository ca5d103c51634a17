import { isIP } from 'node:net';
import { UnusableValue } from './unusable-value.ts';

/** @throws UnusableValue unless the text is a whole decimal number from `least` to `most` */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new UnusableValue(`must be a whole number from ${least} to ${most}`);
  };
}

/** @throws UnusableValue unless the text is one of the words */
export function oneOf<const Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new UnusableValue(`must be one of ${words.join(', ')}`);
  };
}

const SWITCH_POSITIONS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  off: false,
  false: false,
};

/** @throws UnusableValue unless the text is `on`, `off`, `true` or `false` */
export function switchPosition(text: string): boolean {
  const position = Object.hasOwn(SWITCH_POSITIONS, text) ? SWITCH_POSITIONS[text] : undefined;
  if (position !== undefined) return position;
  throw new UnusableValue('must be on, off, true or false');
}

/** A switch that may also be left to the server. */
export function switchOrAuto(text: string): 'on' | 'off' | 'auto' {
  if (text === 'auto') return 'auto';
  try {
    return switchPosition(text) ? 'on' : 'off';
  } catch (cause) {
    throw new UnusableValue('must be auto, on, off, true or false', { cause });
  }
}

/** Comma-separated entries, each once. @throws UnusableValue for an empty one and one that `parseEntry` refuses */
export function list<Entry>(parseEntry: (text: string) => Entry): (text: string) => readonly Entry[] {
  return (text) => {
    const entries = text.split(',').map((entry) => entry.trim());
    if (entries.includes(''))
      throw new UnusableValue('must be a comma-separated list without an empty entry');
    return [...new Set(entries)].map(parseEntry);
  };
}

/** One entry of AUDIENCE: any text, compared as it is (RFC 7519 §4.1.3). */
export function audienceName(text: string): string {
  if (!/[\s\p{Cc}]/u.test(text)) return text;
  throw new UnusableValue('must be names or URIs without spaces');
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** The address to listen on. @throws UnusableValue unless it is an IP address or a host name */
export function listenAddress(text: string): string {
  if (isIP(text) !== 0 || HOST_NAME.test(text)) return text;
  throw new UnusableValue('must be an IP address (IPv6 without brackets) or a host name');
}

/** A plausible address; whether it is delivered is not for a setting to find out. */
export function emailAddress(text: string): string {
  if (text.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text)) return text;
  throw new UnusableValue('must be an e-mail address');
}

/** Text that is judged elsewhere, e.g. by the password rule. */
export function anyText(text: string): string {
  return text;
}
