import type { TokenPosition } from '../../src/sessions/rotation.ts';
import { FIRST, newFamily, type RotationRule } from './honest-client.ts';

type Party = 'thief' | 'victim';

/** One refresh of one party, answered before the next one begins. */
export interface Presentation {
  readonly by: Party;
  /** Milliseconds since the presentation before it; between the two parties it is a window at least. */
  readonly after: number;
  /** The answer never arrives. Only a victim's: a thief whose answers are lost has gained nothing. */
  readonly lost: boolean;
}

export interface Theft {
  /** What the victim did before. */
  readonly before: readonly Omit<Presentation, 'by'>[];
  /** Which of the tokens that the victim has held is stolen: 0 is the one that it holds now, 1 the one before, … */
  readonly age: number;
  readonly afterwards: readonly Presentation[];
}

/** `MISSED`: both have presented as often as it may take at most, and both go on; `OPEN`: they have not yet. */
type Outcome = 'FOUND_OUT' | 'MISSED' | 'OPEN';

/**
 * The bound is lower than DESIGN promises (when each has presented twice): two presentations of the thief and, from the
 * first of them on, one of the victim. Before the thief's first use there is nothing to find out.
 */
export function runTheft(rule: RotationRule, grace: number, theft: Theft): Outcome {
  const family = new Family(rule, grace);
  const held = liveBefore(family, theft);
  const stolen = held.at(-1 - (theft.age % held.length)) ?? FIRST;
  const tokens = { thief: stolen, victim: held.at(-1) ?? FIRST };
  const turns = { thief: 0, victim: 0 };
  let last: Party = 'victim';
  for (const { by, after, lost } of theft.afterwards) {
    family.now += by === last ? after : Math.max(after, grace);
    last = by;
    const answer = family.present(tokens[by]);
    if (answer === 'REUSED') return 'FOUND_OUT';
    if (by === 'thief' || turns.thief > 0) turns[by] += 1;
    if (turns.thief >= 2 && turns.victim >= 1) return 'MISSED';
    if (by === 'thief' || !lost) tokens[by] = answer;
  }
  return 'OPEN';
}

class Family {
  now = 0;
  #row = newFamily();

  constructor(
    private readonly rule: RotationRule,
    private readonly grace: number,
  ) {}

  present(token: TokenPosition): TokenPosition | 'REUSED' {
    const decision = this.rule(this.#row, token, this.now, this.grace);
    if (decision.verdict === 'REUSED') return 'REUSED';
    this.#row = decision.next;
    return decision.issue;
  }
}

/** @returns the tokens that the victim has held until the theft happens, the newest last */
function liveBefore(family: Family, { before }: Theft): TokenPosition[] {
  const held = [FIRST];
  for (const { after, lost } of before) {
    family.now += after;
    const answer = family.present(held.at(-1) ?? FIRST);
    if (answer === 'REUSED') throw new Error('An honest client alone was taken for a thief.');
    if (!lost) held.push(answer);
  }
  return held;
}
