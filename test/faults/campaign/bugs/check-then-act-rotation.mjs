/** Read, decide, write: no row is locked and no update repeats what it decided upon (Keycloak CVE-2026-1035). */
import { built } from './built.mjs';

const { SelectQueryBuilder } = await import('typeorm');
const { KeyedQueue } = await built('keyed-queue.js');
const { StoredTransaction } = await built('storage/stored-transaction.js');

SelectQueryBuilder.prototype.setLock = function () {
  return this;
};
KeyedQueue.prototype.run = (_, work) => work();
StoredTransaction.prototype.updateSession = async function ({ id }, changes) {
  await this.manager.update(this.database.rows.sessions, { id }, changes);
};
