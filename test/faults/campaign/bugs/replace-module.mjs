const replacements = new Map();

/** https://nodejs.org/api/module.html#initialize */
export function initialize({ replaced, by }) {
  replacements.set(replaced, by);
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const url = replacements.get(found.url);
  return url === undefined ? found : { ...found, url, shortCircuit: true };
}
