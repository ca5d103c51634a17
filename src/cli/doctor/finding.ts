/** What a check came to. `warning`: it works, and not as well as it should; `problem`: something is wrong. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly subject: string;
  /** What was found, and what follows from it; never a secret. */
  readonly what: string;
  /** How to mend it; null where nothing need be. */
  readonly mend: string | null;
}

export function ok(subject: string, what: string): Finding {
  return { level: 'ok', subject, what, mend: null };
}

export function warning(subject: string, what: string, mend: string): Finding {
  return { level: 'warning', subject, what, mend };
}

export function problem(subject: string, what: string, mend: string): Finding {
  return { level: 'problem', subject, what, mend };
}

/** The findings, or that all is well where there are none. */
export function orOk(findings: readonly Finding[], subject: string, what: string): readonly Finding[] {
  return findings.length > 0 ? findings : [ok(subject, what)];
}
