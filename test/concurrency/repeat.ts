/** How many times as often scenarios are run as in `npm test`, which has to end soon. */
const RACES = Number(process.env['RACES'] ?? 1);

/**
 * Runs a scenario so many times, or a multiple of it (`RACES`); the first time that is not well ends it.
 *
 * @returns what was violated
 */
export async function repeatedly(times: number, scenario: () => Promise<string[]>): Promise<string[]> {
  for (let time = 0; time < times * RACES; time++) {
    const violations = await scenario();
    if (violations.length > 0) return violations;
  }
  return [];
}
