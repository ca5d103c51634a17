import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every page of the documentation, by its path in the repository. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`);
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...docs.filter((name) => name.endsWith('.md')),
  ];
}

/** A fenced block. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The heading that it stands under, without `#`. */
  readonly section: string;
  /** The paragraph above it. */
  readonly above: string;
}

export function fencedBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => {
    const before = markdown.slice(0, match.index);
    const headings = [...before.matchAll(/^#+ (.*)$/gm)];
    return {
      language: match[1] ?? '',
      text: match[2] ?? '',
      section: headings.at(-1)?.[1] ?? '',
      above: before.trimEnd().split('\n\n').at(-1) ?? '',
    };
  });
}

export function blocksIn(path: string, section: string): Block[] {
  const found = fencedBlocks(readText(path)).filter((block) => block.section === section);
  if (found.length === 0) throw new Error(`${path} has no blocks under ${section}.`);
  return found;
}

/** The rows of a table under a heading, cell by cell, without the head. */
export function tableRows(path: string, section: string): string[][] {
  const [, rest = ''] = readText(path).split(`# ${section}\n`);
  const [body = ''] = rest.split(/^#/m);
  const rows = body.split('\n').filter((line) => line.startsWith('|'));
  if (rows.length < 3) throw new Error(`${path} has no table under ${section}.`);
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
export function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap((match) => match[1] ?? []);
}
