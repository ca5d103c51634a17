import { type SessionLife, sessionEnd } from '../../src/sessions/session.ts';

const NOW = 1_750_000_000_000;
const LIVE: SessionLife = { endedAt: null, endReason: null, idleExpiresAt: NOW + 1, expiresAt: NOW + 2 };

const ENDS: readonly (readonly [string, Partial<SessionLife>, Parameters<typeof sessionEnd>[1], unknown])[] =
  [
    ['lives to the millisecond before', {}, 'ACTIVE', undefined],
    [
      'has idled at the very millisecond',
      { idleExpiresAt: NOW },
      'ACTIVE',
      { at: NOW, reason: 'IDLE_TIMEOUT' },
    ],
    [
      'has reached its lifetime at the very millisecond',
      { idleExpiresAt: NOW, expiresAt: NOW },
      'ACTIVE',
      { at: NOW, reason: 'LIFETIME_REACHED' },
    ],
    [
      'ended at the first of two deadlines that have passed',
      { idleExpiresAt: NOW - 9, expiresAt: NOW - 5 },
      'ACTIVE',
      { at: NOW - 9, reason: 'IDLE_TIMEOUT' },
    ],
    [
      'ended as it is written, though a deadline passed before that',
      { endedAt: NOW - 3, endReason: 'LOGOUT', idleExpiresAt: NOW - 9 },
      'ACTIVE',
      { at: NOW - 3, reason: 'LOGOUT' },
    ],
    ['is out with a suspension', {}, 'SUSPENDED', { at: NOW, reason: 'USER_SUSPENDED' }],
    ['is out with a deletion', {}, 'DELETED', { at: NOW, reason: 'USER_DELETED' }],
    [
      'had ended before the suspension',
      { idleExpiresAt: NOW - 9 },
      'SUSPENDED',
      { at: NOW - 9, reason: 'IDLE_TIMEOUT' },
    ],
  ];

describe('sessionEnd', () => {
  it.each(ENDS)('%s', (_, change, status, end) => {
    expect(sessionEnd({ ...LIVE, ...change }, status, NOW)).toEqual(end);
  });
});
