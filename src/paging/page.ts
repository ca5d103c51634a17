import { badUserInput } from '../errors/refusal.ts';

/** Where a row stands in its list: the values that the list is ordered by. */
export type Position = readonly (string | number)[];

/** A slice of a list: at most `first` rows after the one at `after`. */
export interface PageRequest {
  readonly first: number;
  readonly after: Position | undefined;
}

export interface Page<Item> {
  readonly items: readonly { readonly position: Position; readonly item: Item }[];
  readonly hasNextPage: boolean;
}

export const LARGEST_PAGE = 200;

/** What a position of a list consists of: one check for each of its values. */
export type PositionShape = readonly ((value: unknown) => boolean)[];

/**
 * @param shape of a position in this list; a cursor that somebody made up must not reach the database
 * @throws Refusal BAD_USER_INPUT
 */
export function parsePageRequest(
  first: number,
  after: string | undefined,
  shape: PositionShape,
): PageRequest {
  if (first < 1 || first > LARGEST_PAGE) {
    throw badUserInput(
      'first',
      'OUT_OF_RANGE',
      `first must be between 1 and ${LARGEST_PAGE}; it is ${first}.`,
    );
  }
  return { first, after: after === undefined ? undefined : decodeCursor(after, shape) };
}

/** An opaque cursor; it names a place in the order, so it stays good when the row itself is gone. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decodeCursor(cursor: string, shape: PositionShape): Position {
  const position = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  const fits =
    Array.isArray(position) &&
    position.length === shape.length &&
    shape.every((fitsHere, index) => fitsHere(position[index]));
  if (!fits) throw badUserInput('after', 'MALFORMED', 'after is no cursor of this list.');
  return position as Position;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page from rows of which one more than wanted was read. */
export function pageOf<Item>(
  rows: readonly Item[],
  first: number,
  positionOf: (item: Item) => Position,
): Page<Item> {
  const items = rows.slice(0, first).map((item) => ({ position: positionOf(item), item }));
  return { items, hasNextPage: rows.length > first };
}
