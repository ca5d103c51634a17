export const BEGINNING = { last: undefined, isSnapshot: true };

export function follow(position, page) {
  const last = page.entries.at(-1) ?? position.last;
  return { position: { last, isSnapshot: false }, isCurrent: !page.isFull };
}
