import { printable } from './printable.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Its cells may be folded into several lines; those of the others, such as ids, stay whole. */
  readonly folds?: true;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * Rows under headings, at most `width` columns wide; a terminal too narrow for that gets a block of lines for each row.
 * What came from strangers cannot steer the terminal.
 *
 * @param options `headings: false`: the rows go on a table whose headings stand above
 */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  { headings = true }: { readonly headings?: boolean } = {},
): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.text(row))));
  const natural = columns.map(({ title }, index) =>
    Math.max(...[title, ...cells.map((row) => row[index] ?? '')].map(displayWidth)),
  );
  const widths = fitted(natural, columns, width - GAP.length * (columns.length - 1));
  const titles = columns.map(({ title }) => title);
  if (widths === undefined) return cells.map((row) => block(titles, row)).join('\n\n');
  return [...(headings ? [titles] : []), ...cells].map((row) => tableRow(row, widths)).join('\n');
}

/** Takes from the widest column that folds until all fit; undefined when they cannot. */
function fitted(
  natural: readonly number[],
  columns: readonly Column<never>[],
  room: number,
): readonly number[] | undefined {
  const widths = [...natural];
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const [widest] = [...widths.entries()]
      .filter(([index, width]) => columns[index]?.folds && width > NARROWEST)
      .sort(([, a], [, b]) => b - a);
    if (widest === undefined) return undefined;
    widths[widest[0]] = widest[1] - 1;
  }
  return widths;
}

function tableRow(row: readonly string[], widths: readonly number[]): string {
  const folded = row.map((text, index) => fold(text, widths[index] ?? 0));
  const height = Math.max(...folded.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => tableLine(folded, widths, line)).join('\n');
}

function tableLine(folded: readonly string[][], widths: readonly number[], line: number): string {
  return folded
    .map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0))
    .join(GAP)
    .trimEnd();
}

function block(titles: readonly string[], row: readonly string[]): string {
  const widest = Math.max(...titles.map(displayWidth));
  return titles
    .flatMap((title, index) => (row[index] ? [`${padded(title, widest)}${GAP}${row[index]}`] : []))
    .join('\n');
}

function fold(text: string, width: number): string[] {
  const lines = [''];
  for (const character of text) {
    const line = lines.at(-1) ?? '';
    if (displayWidth(line + character) <= width) lines[lines.length - 1] = line + character;
    else lines.push(character);
  }
  return lines;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u;

/** Columns of a terminal, near enough: East Asian characters and emoji take two, what combines none. */
function displayWidth(text: string): number {
  return sum(
    [...text].map((character) => (/[\p{M}\p{Cf}]/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
