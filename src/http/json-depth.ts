/** An honest body has 4: itself, its variables, an input in them, a list in that. */
const MOST_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A byte's share in the depth; no byte of a longer character of UTF-8 is one of these marks. */
const STEPS = new Int8Array(256);
for (const opening of '[{') STEPS[opening.charCodeAt(0)] = 1;
for (const closing of ']}') STEPS[closing.charCodeAt(0)] = -1;

/**
 * Whether JSON nests deeper than anybody means to. `JSON.parse` takes a third of a second for a megabyte of brackets, and
 * whatever walks over the result by recursion overflows its stack (SECURITY F5).
 *
 * @param json UTF-8; whether it is JSON is seen later
 */
export function isNestedDeep(json: Uint8Array): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (byte === QUOTE) index = endOfString(json, index);
    else depth += STEPS[byte] ?? 0;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

function endOfString(json: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
}
