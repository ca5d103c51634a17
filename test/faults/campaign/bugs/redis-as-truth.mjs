/** What Redis does not tell of has not happened: the feed is read when a message comes, and believed to be current else. */
import { replace } from './built.mjs';

replace('revocation/feed-follower.js', 'redis-follower.mjs');
