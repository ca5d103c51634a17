/** A login reads the account without a lock before it inserts the session. */
import { replace } from './built.mjs';

replace('sessions/log-in.js', 'unlocked-log-in.mjs');
