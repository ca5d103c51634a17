import type { Settings } from '../../settings/settings.ts';
import { type Finding, orOk, warning } from './finding.ts';

const DAY = 86_400_000;

/** Milliseconds; below it racing clients are given up (docs/rotation.md). */
const LEAST_GRACE = 4_000;

const LEAST_RETENTION = 30 * DAY;

/** Durations that are fine alone and contradict one another, or promise less than their operator believes. */
export function checkDurations(settings: Settings): readonly Finding[] {
  return orOk(
    [
      ...shortGrace(settings),
      ...idleWithinGrace(settings),
      ...tokenOutlivesSession(settings),
      ...idleBeyondLifetime(settings),
      ...shortRetention('SESSION_RETENTION', settings.sessionRetention, 'why their session ended'),
      ...shortRetention('AUDIT_RETENTION', settings.auditRetention, 'what happened'),
    ],
    'durations',
    'agree with one another.',
  );
}

function shortGrace({ refreshGrace }: Settings): Finding[] {
  if (refreshGrace >= LEAST_GRACE) return [];
  const what = `is below ${LEAST_GRACE / 1000} s: two tabs that refresh at once, or a retry after a lost answer, may be taken for a thief, and the session ends.`;
  return [warning('REFRESH_GRACE', what, 'Set it to 4s or more; 30s is the default.')];
}

/** A replay inside the window moves no deadline. */
function idleWithinGrace({ sessionIdleTtl, refreshGrace }: Settings): Finding[] {
  if (sessionIdleTtl > refreshGrace) return [];
  const what =
    'is not above REFRESH_GRACE: a client that refreshes inside that window gets the same token again, which moves no deadline, and its session ends while it is in use.';
  return [warning('SESSION_IDLE_TTL', what, 'Make it several times as long as REFRESH_GRACE.')];
}

function tokenOutlivesSession({ accessTokenTtl, sessionIdleTtl }: Settings): Finding[] {
  if (accessTokenTtl < sessionIdleTtl) return [];
  const what =
    'is not below SESSION_IDLE_TTL: a client that refreshes when its access token expires comes too late, its session has timed out.';
  return [warning('ACCESS_TOKEN_TTL', what, 'Make it a fraction of SESSION_IDLE_TTL; 5m is the default.')];
}

function idleBeyondLifetime({ sessionIdleTtl, sessionLifetime }: Settings): Finding[] {
  if (sessionIdleTtl <= sessionLifetime) return [];
  const what = 'is above SESSION_LIFETIME: the inactivity timeout never ends a session.';
  return [warning('SESSION_IDLE_TTL', what, 'Make it shorter than SESSION_LIFETIME.')];
}

function shortRetention(name: string, retention: number, question: string): Finding[] {
  if (retention >= LEAST_RETENTION) return [];
  const what = `is below 30 days: who asks later cannot be told ${question}.`;
  return [warning(name, what, 'Set it to 30d or more, unless a rule on privacy asks for less.')];
}
