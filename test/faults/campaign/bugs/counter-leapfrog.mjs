/** Whoever is one behind is helped forward, for ever (Supabase's counter). */
import { replace } from './built.mjs';

replace('sessions/rotation.js', 'leapfrog-rotation.mjs');
