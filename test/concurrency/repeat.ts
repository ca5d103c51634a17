/**
 * Runs a scenario so many times; the first time that is not well ends it.
 *
 * @returns what was violated
 */
export async function repeatedly(times: number, scenario: () => Promise<string[]>): Promise<string[]> {
  for (let time = 0; time < times; time++) {
    const violations = await scenario();
    if (violations.length > 0) return violations;
  }
  return [];
}
