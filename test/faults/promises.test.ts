import type { Entry, History, Login, Probe, Refresh, Revocation, StoredSession } from './campaign/history.ts';
import { PROMISES, violationsOf } from './campaign/promises.ts';

/** One user, one session of theirs, and one instance that acknowledged its end at 200; the bound is a second. */
const USER = 'user';
const SESSION = 'session';
const BOUND = 1_000;

const asked = { episode: 'by hand', calm: false, instance: 0, outcome: 'ACCEPTED' };
const TOKEN = { sessionId: SESSION, userId: USER, text: '', requestedAt: 0, receivedAt: 10 };
const POSITION = { generation: 1, branch: 0 };

const login: Login = {
  ...asked,
  ...{ kind: 'LOGIN', userId: USER, password: 'old', isSure: true, sessionId: SESSION },
  ...{ sentAt: 0, answeredAt: 10 },
};
const refreshed: Refresh = {
  ...asked,
  ...{ kind: 'REFRESH', userId: USER, sessionId: SESSION, received: POSITION, sentAt: 20, answeredAt: 30 },
};
const logout: Revocation = {
  ...asked,
  ...{ kind: 'REVOCATION', act: 'logout', userId: USER, sessionId: SESSION, ends: true, outdates: false },
  ...{ spares: undefined, voids: undefined, firstSentAt: 100, sentAt: 100, answeredAt: 200 },
};
const all: Revocation = { ...logout, act: 'revokeAllForUser', sessionId: undefined, outdates: true };
const change: Revocation = { ...all, act: 'changePassword', spares: 'own', voids: 'old' };
const roles: Revocation = { ...all, act: 'setUserRoles', ends: false };

const probe = (sentAt: number, outcome: string, more: Partial<Probe> = {}): Probe => ({
  ...asked,
  ...{ kind: 'PROBE', token: TOKEN, sentAt, answeredAt: sentAt + 1, outcome },
  ...more,
});

const alive: StoredSession = {
  ...{ id: SESSION, userId: USER, endReason: null, newest: POSITION },
  ...{ audited: { LOGIN_SUCCEEDED: 1 }, fed: 0 },
};
const ended: StoredSession = {
  ...{ ...alive, endReason: 'LOGOUT' },
  ...{ audited: { LOGIN_SUCCEEDED: 1, SESSION_ENDED: 1 }, fed: 1 },
};
const user = { id: USER, tokenVersion: 1, fedVersion: 0, audited: 0 };

function history(entries: readonly Entry[], more: Partial<History> = {}): History {
  const isEnded = entries.some((entry) => entry.kind === 'REVOCATION' && entry.ends);
  const stored = { sessions: [isEnded ? ended : alive], users: [user] };
  return { entries: [login, ...entries], bound: BOUND, races: [], thefts: [], sequels: [], stored, ...more };
}

function storedAs(session: Partial<StoredSession>, ofUser: Partial<typeof user> = {}): Partial<History> {
  const base = session.endReason === undefined ? alive : ended;
  return { stored: { sessions: [{ ...base, ...session }], users: [{ ...user, ...ofUser }] } };
}

const theft = (served: readonly boolean[]) => ({
  sessionId: SESSION,
  presentations: served.map((each, turn) => ({
    by: turn % 2 === 0 ? ('thief' as const) : ('victim' as const),
    served: each,
  })),
});

const FOUND_OUT: Partial<StoredSession> = {
  endReason: 'REFRESH_TOKEN_REUSE',
  audited: { LOGIN_SUCCEEDED: 1, SESSION_ENDED: 1, REFRESH_TOKEN_REUSED: 1 },
};

const WELL: Readonly<Record<string, History>> = {
  'nothing happens': history([refreshed, probe(50, 'ACCEPTED')]),
  'a denial after an end': history([logout, probe(201, 'SESSION_ENDED')]),
  'an acceptance beside the acknowledgement': history([logout, probe(200, 'ACCEPTED')]),
  'an acceptance elsewhere within the bound': history([logout, probe(1_200, 'ACCEPTED', { instance: 1 })]),
  'a denial after an end whose answer was lost': history([
    { ...logout, outcome: 'LOST' },
    probe(120, 'SESSION_ENDED'),
  ]),
  'a session that began after the end of all others': history([all], {
    entries: [{ ...login, sentAt: 300, answeredAt: 310 }, all, probe(320, 'ACCEPTED', { token: later() })],
    ...storedAs({}),
  }),
  'STALE after a change of roles, and the session lives': history(
    [roles, probe(201, 'STALE'), probe(400, 'ACCEPTED', { token: later() })],
    storedAs({}),
  ),
  'the session that changed the password': history([{ ...change, spares: SESSION }], storedAs({})),
  'UNAVAILABLE, whatever has ended': history([logout, probe(300, 'UNAVAILABLE'), probe(310, 'LOST')]),
  'a theft that was found out': history([], { thefts: [theft([true, true, false])], ...storedAs(FOUND_OUT) }),
  'one rotation of many': history([], { races: [{ sessionId: SESSION, successors: ['a'], rotations: 1 }] }),
};

function later() {
  return { ...TOKEN, requestedAt: 305, receivedAt: 310 };
}

/** By promise, what breaks it. */
const BROKEN: Readonly<Record<keyof typeof PROMISES, Readonly<Record<string, History>>>> = {
  'signed out means signed out': {
    'at the acknowledging instance': history([logout, probe(201, 'ACCEPTED')]),
    'elsewhere after the bound': history([logout, probe(1_201, 'ACCEPTED', { instance: 1 })]),
    'elsewhere, strict': history([logout, probe(201, 'ACCEPTED', { instance: 1 })], { bound: 0 }),
    'a refresh, anywhere': history([logout, { ...refreshed, instance: 1, sentAt: 201, answeredAt: 202 }]),
    'an old token after a change of roles': history([roles, probe(201, 'ACCEPTED')], storedAs({})),
    'a field after the logout before it': history([logout], {
      sequels: [{ sessionId: SESSION, outcome: 'ACCEPTED' }],
    }),
    'a login with the password before': history([change, { ...login, sentAt: 201, answeredAt: 202 }]),
    'a login that overtook the change': history([
      { ...login, sessionId: 'other', sentAt: 90, answeredAt: 250 },
      change,
      probe(260, 'ACCEPTED', { token: { ...TOKEN, sessionId: 'other', receivedAt: 250 } }),
    ]),
  },
  'nobody honest is signed out': {
    'ended for no reason': history([probe(50, 'SESSION_ENDED')]),
    'ended by what was asked for later': history([logout, probe(50, 'SESSION_ENDED')]),
    'the session that changed the password': history(
      [{ ...change, spares: SESSION }, probe(300, 'SESSION_ENDED')],
      storedAs({}),
    ),
    'an invalid token': history([logout, probe(300, 'INVALID')]),
    'an expired one': history([probe(50, 'EXPIRED')]),
    'stale for no reason': history([probe(50, 'STALE')]),
    'stale after the tokens that were meant': history(
      [roles, probe(400, 'STALE', { token: later() })],
      storedAs({}),
    ),
    'a refresh that is reuse': history([{ ...refreshed, outcome: 'SESSION_ENDED' }]),
    'an end that nobody asked for': history([], storedAs({ endReason: 'LOGOUT' })),
  },
  'a stolen refresh token is found out': {
    'both go on': history([], { thefts: [theft([true, true, true, true])], ...storedAs(FOUND_OUT) }),
    'denied, and the session lives': history([], { thefts: [theft([true, true, false])], ...storedAs({}) }),
  },
  'one rotation, however many present the token': {
    'two rotations': history([], { races: [{ sessionId: SESSION, successors: ['a'], rotations: 2 }] }),
    'two successors': history([], { races: [{ sessionId: SESSION, successors: ['a', 'b'], rotations: 1 }] }),
  },
  'what is acknowledged is durable': {
    'a login without a session': history([], { stored: { sessions: [], users: [user] } }),
    'a refresh that the row knows nothing of': history(
      [refreshed],
      storedAs({ newest: { generation: 0, branch: 0 } }),
    ),
    'an end that was lost': history([logout], storedAs({})),
    'a password that is not the right one': history([{ ...login, outcome: 'INVALID_CREDENTIALS' }]),
  },
  'what is refused changed nothing': {
    'a session of a refused login': history([{ ...login, outcome: 'INVALID_CREDENTIALS', isSure: false }], {
      stored: { sessions: [alive, { ...alive, id: 'other' }], users: [user] },
    }),
  },
  'the audit log and the feed agree with the state': {
    'no line for a login': history([], storedAs({ audited: {} })),
    'two lines for an end': history(
      [logout],
      storedAs({ endReason: 'LOGOUT', audited: { LOGIN_SUCCEEDED: 1, SESSION_ENDED: 2 } }),
    ),
    'a line for what did not happen': history(
      [],
      storedAs({ audited: { LOGIN_SUCCEEDED: 1, SESSION_ENDED: 1 } }),
    ),
    'an end that the feed does not tell of': history([logout], storedAs({ endReason: 'LOGOUT', fed: 0 })),
    'a version that nothing tells of': history([], storedAs({}, { tokenVersion: 2 })),
    'a version that the feed has otherwise': history(
      [],
      storedAs({}, { tokenVersion: 2, audited: 1, fedVersion: 3 }),
    ),
  },
  'a failure is UNAVAILABLE': {
    'an unexpected failure': history([probe(50, 'INTERNAL_SERVER_ERROR')]),
    'an answer that is none': history([probe(50, 'UNREADABLE')]),
    'UNAVAILABLE for no reason': history([probe(50, 'UNAVAILABLE', { calm: true })]),
  },
};

describe('the promises, checked over histories made by hand', () => {
  it.each(Object.entries(WELL))('are kept by %s', (_, kept) => {
    expect(violationsOf(kept)).toEqual([]);
  });

  it('are each broken by something below', () => {
    expect(Object.keys(BROKEN)).toEqual(Object.keys(PROMISES));
  });

  for (const [promise, cases] of Object.entries(BROKEN)) {
    it.each(Object.entries(cases))(`${promise}: not so with %s`, (_, broken) => {
      expect(PROMISES[promise]?.(broken)).not.toEqual([]);
    });
  }
});
