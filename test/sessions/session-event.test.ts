import type { SessionEndReason } from '../../src/errors/refusal.ts';
import type { Session } from '../../src/sessions/session.ts';
import { sessionEvent } from '../../src/sessions/session-event.ts';

const LIVE = { userId: 'the user', createdAt: 1, lastSeenAt: 2, endedAt: null, endReason: null } as Session;

const ended = (endReason: SessionEndReason, endedBy: string | null): Session => ({
  ...LIVE,
  endedAt: 3,
  endReason,
  endedBy,
});

it('has the time of what happened', () => {
  expect(sessionEvent('BEGAN', LIVE)).toMatchObject({ at: 1, actor: null });
  expect(sessionEvent('REFRESHED', LIVE)).toMatchObject({ at: 2, actor: null });
  expect(sessionEvent('ENDED', ended('LOGOUT', 'the user'))).toMatchObject({ at: 3 });
});

it('is none where the session as it is now does not bear it out', () => {
  expect(sessionEvent('ENDED', LIVE)).toBeUndefined();
  expect(sessionEvent('BEGAN', ended('LOGOUT', 'the user'))).toBeUndefined();
  expect(sessionEvent('REFRESHED', ended('LOGOUT', 'the user'))).toBeUndefined();
});

it.each([
  ['SELF', 'LOGOUT', 'the user'],
  ['SELF', 'REVOKED_BY_USER', 'the user'],
  ['SELF', 'PASSWORD_CHANGED', 'the user'],
  ['ADMIN', 'REVOKED_BY_ADMIN', 'an admin'],
  ['ADMIN', 'REVOKED_BY_ADMIN', null],
  ['ADMIN', 'PASSWORD_CHANGED', null],
  ['ADMIN', 'USER_SUSPENDED', 'an admin'],
  ['SYSTEM', 'SESSION_LIMIT', 'the user'],
  ['SYSTEM', 'REFRESH_TOKEN_REUSE', null],
] as const)('says %s for %s by %s', (actor, reason, endedBy) => {
  expect(sessionEvent('ENDED', ended(reason, endedBy))?.actor).toBe(actor);
});
