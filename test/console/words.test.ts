import { AUDIT_EVENT_TYPES } from '../../src/audit/event.ts';
import { problemWords } from '../../src/console/errors/problem-words.ts';
import { troubleWords } from '../../src/console/errors/trouble-words.ts';
import { endWords, shortEndWords } from '../../src/console/words/end-reasons.ts';
import { LOG_EVENTS } from '../../src/console/words/log-events.ts';
import { relativeWords } from '../../src/console/words/time.ts';
import { SESSION_END_REASONS } from '../../src/errors/refusal.ts';
import { codes, tableRows } from '../docs/markdown.ts';

/** What a person at the console cannot bring about: the console itself would be wrong. */
const NOT_OF_PEOPLE = new Set(['BROWSER', 'OUT_OF_RANGE', 'TOO_MANY']);

describe('the console has words of its own', () => {
  it('for every reason of an end', () => {
    for (const words of [endWords, shortEndWords]) {
      const all = SESSION_END_REASONS.map(words);
      expect(new Set(all).size).toBe(SESSION_END_REASONS.length);
      expect(all).not.toContain(words('ANOTHER'));
    }
  });

  it('for every event of the security log', () => {
    expect(Object.keys(LOG_EVENTS).sort()).toEqual([...AUDIT_EVENT_TYPES].sort());
  });

  it('for every code that docs/errors.md has', () => {
    const listed = tableRows('docs/errors.md', 'Codes').flatMap(([cell = '']) => codes(cell));
    const unknown = troubleWords({ code: 'ANOTHER' });
    const without = listed.filter((code) => troubleWords({ code }) === unknown);
    expect(without).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('for every problem that docs/errors.md has and a person can bring about', () => {
    const rows = tableRows('docs/errors.md', 'Problems of `BAD_USER_INPUT`');
    const problems = rows.flatMap(([fields = '', cell = '']) => {
      const named = codes(cell.replace(/\([^)]*\)/g, '')).filter((code) => /^[A-Z_]+$/.test(code));
      return codes(fields).flatMap((field) => named.map((problem) => [field, problem] as const));
    });
    const unknown = problemWords('', '');
    const without = problems.filter(([field, problem]) => problemWords(field, problem) === unknown);
    expect(problems.length).toBeGreaterThan(15);
    expect(without.filter(([, problem]) => !NOT_OF_PEOPLE.has(problem))).toEqual([]);
  });

  it('for the time to wait, and for the request that support asks for', () => {
    expect(troubleWords({ code: 'RATE_LIMITED', retryAfter: 1 })).toMatch(/in 1 second\.$/);
    expect(troubleWords({ code: 'RATE_LIMITED', retryAfter: 600 })).toMatch(/in 10 minutes\.$/);
    expect(troubleWords({ code: 'INTERNAL_SERVER_ERROR', requestId: 'r-1' })).toMatch(/request r-1/);
  });

  it.each([
    [0, 'just now'],
    [-59, 'just now'],
    [-61, '1 minute ago'],
    [-3 * 3_600, '3 hours ago'],
    [-25 * 3_600, 'yesterday'],
    [150, 'in 2 minutes'],
  ])('for a time that is %i seconds away', (seconds, words) => {
    const now = Date.parse('2026-11-27T12:00:00Z');
    expect(relativeWords(new Date(now + seconds * 1_000).toISOString(), now)).toBe(words);
  });
});
