/** An instance that finds something revoked already says so, and does not know it until it reads of it. */
import { built } from './built.mjs';

const { StoredTransaction } = await built('storage/stored-transaction.js');
const { open } = StoredTransaction;

StoredTransaction.open = async function (...args) {
  const transaction = await open.apply(this, args);
  transaction.found.push = () => 0;
  return transaction;
};
