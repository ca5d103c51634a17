/** The feed's numbers are given out before the commit, as AUTO_INCREMENT does, and its readers look for higher ones only. */
import { replace } from './built.mjs';

replace('storage/append-revocations.js', 'auto-increment-numbers.mjs');
replace('revocation/feed-position.js', 'plain-cursor.mjs');
