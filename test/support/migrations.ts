/** All of them, in the order in which they run. */
export const MIGRATIONS = [
  'InitialSchema1763769600000',
  'Administration1763856000000',
  'LoginThrottle1763942400000',
  'RevocationFeed1764028800000',
  'KeyRotation1764115200000',
  'ActivityHours1764201600000',
  'Clients1764288000000',
];

/** A migration, and those after it. */
export function migrationsSince(first: string): readonly string[] {
  return MIGRATIONS.slice(MIGRATIONS.indexOf(first));
}
