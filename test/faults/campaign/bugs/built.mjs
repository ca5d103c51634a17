import { register } from 'node:module';

const BUILT = new URL('../../../../dist/src/', import.meta.url);

/** A module of the built server. */
export function built(path) {
  return import(new URL(path, BUILT).href);
}

/** The same, though another one stands in its place. */
export function original(path) {
  return import(`${new URL(path, BUILT).href}?original`);
}

/** Whoever imports a module of the built server gets the one that stands beside this file. */
export function replace(path, name) {
  const data = { replaced: new URL(path, BUILT).href, by: new URL(name, import.meta.url).href };
  register(new URL('replace-module.mjs', import.meta.url), { data });
}
