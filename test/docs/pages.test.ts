import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fencedBlocks, pages, ROOT, readText } from './markdown.ts';

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

/** As GitHub makes them: lower case, punctuation gone, spaces to hyphens. */
function anchors(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...withoutBlocks(readText(page)).matchAll(/\]\(([^)]+)\)/g)].flatMap(
    (match) => match[1] ?? [],
  );
  return links.filter((link) => {
    if (/^https:\/\//.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchors(readText(target)).includes(anchor);
  });
}

const unindented = (text: string) => text.replace(/^[ \t]+/gm, '').trim();

describe.each(pages())('%s', (page) => {
  it('links only to what is there', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('quotes code as it is', () => {
    const quoted = fencedBlocks(readText(page)).flatMap((block) => {
      const source = /^From \[`([^`]+)`\]/.exec(block.above)?.[1];
      return source === undefined ? [] : [{ source, text: block.text }];
    });
    for (const { source, text } of quoted) expect(unindented(readText(source))).toContain(unindented(text));
  });
});

it('the pages quote code at all', () => {
  const above = pages().flatMap((page) => fencedBlocks(readText(page)).map((block) => block.above));
  expect(above.filter((line) => line.startsWith('From [`')).length).toBeGreaterThanOrEqual(3);
});
