import { type Column, formatTable } from '../../src/cli/format-table.ts';

interface Pet {
  readonly id: string;
  readonly name: string;
}

const COLUMNS: readonly Column<Pet>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name, folds: true },
];

const PETS = [
  { id: '0000-0001', name: 'Rex' },
  { id: '0000-0002', name: 'Count Sniffles of Wherever' },
];

function table(rows: readonly Pet[], width: number): string[] {
  return formatTable(COLUMNS, rows, width).split('\n');
}

describe('a table', () => {
  it('is as wide as its cells where there is room', () => {
    expect(table(PETS, 80)).toEqual([
      'ID         NAME',
      '0000-0001  Rex',
      '0000-0002  Count Sniffles of Wherever',
    ]);
  });

  it('goes on below its headings', () => {
    expect(formatTable(COLUMNS, PETS, 80, { headings: false }).split('\n')).toEqual(table(PETS, 80).slice(1));
  });

  it('folds what may be folded and loses nothing', () => {
    expect(table(PETS, 25)).toEqual([
      'ID         NAME',
      '0000-0001  Rex',
      '0000-0002  Count Sniffles',
      '            of Wherever',
    ]);
  });

  it('becomes a block a row where a terminal is too narrow', () => {
    expect(table(PETS, 18)).toEqual([
      'ID    0000-0001',
      'NAME  Rex',
      '',
      'ID    0000-0002',
      'NAME  Count Sniffles of Wherever',
    ]);
  });

  it.each([19, 20, 25, 30, 37, 80])('never exceeds %i columns while it is a table', (width) => {
    const pets = [...PETS, { id: '0000-0003', name: '犬の名前はとても長いです 🐕🐕🐕🐕' }];
    for (const line of table(pets, width)) {
      const wide = line.match(/[\u3000-\u9fff🐕]/gu)?.length ?? 0;
      expect([...line].length + wide).toBeLessThanOrEqual(width);
    }
  });

  it('H2 lets no text of a stranger steer the terminal', () => {
    const name = 'a\u001b[2J\u009b31m\r\n\u202ereversed\u2028b';
    const [, row] = table([{ id: '1', name }], 80);
    expect(row).toBe('1   a\uFFFD[2J\uFFFD31m\uFFFD\uFFFD\uFFFDreversed\uFFFDb');
    expect(table([{ id: '1', name }], 80)).toHaveLength(2);
  });
});
