import { useCallback, useEffect, useRef, useState } from 'react';
import { troubleOf } from '../errors/trouble.ts';
import { troubleWords } from '../errors/trouble-words.ts';
import { Notice } from './notice.tsx';

interface Outcome {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export interface Outcomes {
  readonly outcome: Outcome | undefined;
  /** Does something and says what came of it; whether it was done. */
  readonly attempt: (work: () => Promise<string>) => Promise<boolean>;
}

export function useOutcome(): Outcomes {
  const [outcome, setOutcome] = useState<Outcome>();
  const attempt = useCallback(async (work: () => Promise<string>) => {
    setOutcome(undefined);
    try {
      setOutcome({ tone: 'good', text: await work() });
      return true;
    } catch (error) {
      setOutcome({ tone: 'bad', text: troubleWords(troubleOf(error)) });
      return false;
    }
  }, []);
  return { outcome, attempt };
}

/** Tells what came of an action, also to a screen reader; takes the focus when what had it is gone. */
export function OutcomeLine({ outcome }: Pick<Outcomes, 'outcome'>) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (outcome !== undefined && document.activeElement === document.body) line.current?.focus();
  }, [outcome]);
  return (
    <div ref={line} className="outcome" role="status" tabIndex={-1}>
      {outcome && <Notice tone={outcome.tone}>{outcome.text}</Notice>}
    </div>
  );
}
