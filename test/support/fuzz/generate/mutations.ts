import fc from 'fast-check';
import { SCHEMA } from '../root-fields.ts';
import { oddValue } from './values.ts';

const NAMES = Object.values(SCHEMA.getTypeMap()).flatMap((type) => [
  type.name,
  ...('getFields' in type ? Object.keys(type.getFields()) : []),
]);

/** Tokens, and what is nearly one. */
const ODD_TOKENS = [
  ...'{}()[]!$@&|:=',
  '...',
  ' on ',
  ' fragment ',
  ' query ',
  ' mutation ',
  ' subscription ',
  'null',
  'true',
  '-0',
  '01',
  '1.',
  '.5',
  '1e400',
  '-1e-400',
  '0x10',
  '9'.repeat(400),
  '""',
  '"\\u{110000}"',
  '"\\uD800"',
  '"\\u0000"',
  '"unclosed',
  '"""block "quoted" \\""" \n  text"""',
  '"""unclosed',
  '# a comment\n',
  '#\r',
  '\ufeff',
  '\u0000',
  '\u202e',
  '\u2028',
  '😀',
  '__proto__',
  'constructor',
  '$__proto__',
  '__typename',
  ' __schema { types { name } } ',
  ' __type(name: "User") { fields { name args { name defaultValue } } } ',
  ' @include(if: true) @skip(if: false)',
  ' @include(if: $nope)',
  ' @auth(requires: ADMIN)',
  ' @public',
  ' @defer',
  ' @deprecated(reason: "x")',
];

type Edit = (text: string) => string;

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const token = fc.oneof(fc.constantFrom(...ODD_TOKENS), fc.constantFrom(...NAMES));

/** Changes to a document, one after the other. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(place, token).map(([at, word]) => replaceToken(at, () => word)) },
  { weight: 3, arbitrary: fc.tuple(place, token).map(([at, word]) => replaceToken(at, (old) => old + word)) },
  { weight: 3, arbitrary: place.map((at) => replaceToken(at, () => '')) },
  { weight: 2, arbitrary: place.map((at) => replaceToken(at, (old) => `${old} ${old}`)) },
  { weight: 2, arbitrary: fc.tuple(place, place).map(([from, to]) => swapTokens(from, to)) },
  { weight: 1, arbitrary: place.map((at) => (text: string) => text.slice(0, text.length * at)) },
  { weight: 1, arbitrary: fc.tuple(place, nesting()).map(([at, deep]) => replaceToken(at, () => deep)) },
);

function nesting(): fc.Arbitrary<string> {
  const depth = fc.integer({ min: 1, max: 600 });
  const kinds = fc.constantFrom(
    ['{ me ', '}'],
    ['[', ']'],
    ['{a:', '}'],
    ['... { ', '}'],
    [' @skip(if:true)', ''],
  );
  return fc.tuple(kinds, depth).map(([[open = '', close = ''], n]) => open.repeat(n) + close.repeat(n));
}

export function mutated(document: string): fc.Arbitrary<string> {
  const edits = fc.array(edit, { minLength: 1, maxLength: 4, size: 'max' });
  return edits.map((all) => all.reduce((text, change) => change(text), document));
}

function tokensOf(text: string): string[] {
  return text.match(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\$?\w+|\.\.\.|\s+|[\s\S]/g) ?? [];
}

function replaceToken(at: number, change: (old: string) => string): Edit {
  return (text) => {
    const tokens = tokensOf(text);
    const index = Math.floor(tokens.length * at);
    return tokens.map((each, n) => (n === index ? change(each) : each)).join('');
  };
}

function swapTokens(from: number, to: number): Edit {
  return (text) => {
    const tokens = tokensOf(text);
    const [a, b] = [Math.floor(tokens.length * from), Math.floor(tokens.length * to)];
    return tokens.map((each, n) => (n === a ? tokens[b] : n === b ? tokens[a] : each) ?? '').join('');
  };
}

const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'extra', '', '0'];

/** Variables of which one is missing, superfluous, or of a type that does not fit. */
export function spoilt(
  variables: Readonly<Record<string, unknown>>,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc
    .record({
      at: fc.nat(),
      how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'wrap', 'add'),
      key: fc.constantFrom(...KEYS),
      value: oddValue,
    })
    .map(({ at, how, key, value }) => {
      const copy = structuredClone(variables) as Record<string, unknown>;
      const places = placesIn(copy);
      const spot = places[at % Math.max(places.length, 1)];
      if (spot === undefined || how === 'add') define(objectAt(spot) ?? copy, key, value);
      else if (how === 'remove') delete spot.holder[spot.key];
      else spot.holder[spot.key] = how === 'wrap' ? [spot.holder[spot.key]] : value;
      return copy;
    });
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function objectAt(place: Place | undefined): Record<string, unknown> | undefined {
  return Array.isArray(place?.holder) ? undefined : place?.holder;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** Unlike an assignment, this makes `__proto__` a key like any other, and JSON then has it. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
