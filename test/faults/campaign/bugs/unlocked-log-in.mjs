import { AsyncLocalStorage } from 'node:async_hooks';
import { original } from './built.mjs';

const real = await original('sessions/log-in.js');
const { SelectQueryBuilder } = await import('typeorm');

const inLogin = new AsyncLocalStorage();
const { setLock } = SelectQueryBuilder.prototype;
SelectQueryBuilder.prototype.setLock = function (...mode) {
  return inLogin.getStore() === true ? this : setLock.apply(this, mode);
};

export const { PROOFS, replacedSession, replaceSession, stillProven } = real;

export function logIn(services, request) {
  return inLogin.run(true, () => real.logIn(services, request));
}
