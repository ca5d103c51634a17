import type { Entry, History, Login, Probe, Refresh, Revocation, StoredSession } from './history.ts';
import { isAccepted, isUnknown, Knowledge } from './knowledge.ts';

/**
 * The promises of DESIGN section 1 (the fifth, what a protected field costs, is the benchmark's), each as a function from a
 * history to its violations. A promise is judged by what is certain: who was told of an end before they asked; and a denial
 * is wrongful only where nothing that anybody asked for, acknowledged or not, could have been its reason.
 */
export type Promised = (history: History) => string[];

export const PROMISES: Readonly<Record<string, Promised>> = {
  'signed out means signed out': signedOutMeansSignedOut,
  'nobody honest is signed out': nobodyHonestIsSignedOut,
  'a stolen refresh token is found out': theftIsFoundOut,
  'one rotation, however many present the token': oneRotation,
  'what is acknowledged is durable': acknowledgedIsDurable,
  'what is refused changed nothing': refusedChangedNothing,
  'the audit log and the feed agree with the state': logAgreesWithState,
  'a failure is UNAVAILABLE': failureIsUnavailable,
};

/** @returns every violation of every promise, each with the promise before it */
export function violationsOf(history: History): string[] {
  return Object.entries(PROMISES).flatMap(([name, promised]) =>
    promised(history).map((violation) => `${name}: ${violation}`),
  );
}

/** Promise 1. */
export function signedOutMeansSignedOut(history: History): string[] {
  const known = new Knowledge(history);
  const accepted = history.entries.filter(isAccepted).flatMap((entry) => {
    const reason = known.revocationsFor(entry).find((each) => known.forbids(each, entry));
    return reason === undefined ? [] : [`${told(entry)}, ${since(reason, entry)}`];
  });
  const sequels = history.sequels.filter(({ outcome }) => outcome === 'ACCEPTED');
  return [...accepted, ...sequels.map(({ sessionId }) => `a field after the logout of ${sessionId}`)];
}

/** Probes and refreshes that promise 1 judged: they were sent when nothing of the kind could be accepted any more. */
export function judgedAfterTheBound(history: History): Entry[] {
  const known = new Knowledge(history);
  return history.entries.filter((entry) =>
    known.revocationsFor(entry).some((each) => known.forbids(each, entry)),
  );
}

/** Promise 2. A denial that says `INVALID`, `EXPIRED` or `MISSING` of an honest token is wrongful whatever happened. */
export function nobodyHonestIsSignedOut(history: History): string[] {
  const known = new Knowledge(history);
  const denied = history.entries.filter((entry) => known.isWronglyDenied(entry)).map(told);
  const ended = history.stored.sessions.filter(
    (session) => session.endReason !== null && !known.mayHaveEnded(session),
  );
  return [...denied, ...ended.map(({ id, endReason }) => `session ${id} was ended by nobody: ${endReason}`)];
}

/** Promise 3: at the latest when both have presented twice. */
function theftIsFoundOut({ thefts, stored }: History): string[] {
  return thefts.flatMap(({ sessionId, presentations }) => {
    const served = { thief: 0, victim: 0 };
    for (const { by, served: isServed } of presentations) if (isServed) served[by] += 1;
    if (served.thief >= 2 && served.victim >= 2) return [`both go on in session ${sessionId}`];
    const reason = stored.sessions.find(({ id }) => id === sessionId)?.endReason;
    return reason === 'REFRESH_TOKEN_REUSE'
      ? []
      : [`session ${sessionId} was not ended for reuse: ${reason}`];
  });
}

/** Of promise 2, SECURITY C1. */
function oneRotation({ races }: History): string[] {
  return races.flatMap(({ sessionId, successors, rotations }) => [
    ...(successors.length === 1 ? [] : [`${successors.length} different successors in session ${sessionId}`]),
    ...(rotations === 1 ? [] : [`${rotations} rotations in session ${sessionId}`]),
  ]);
}

/** Promise 4, its first part. */
function acknowledgedIsDurable(history: History): string[] {
  const known = new Knowledge(history);
  const sessions = new Map(history.stored.sessions.map((session) => [session.id, session]));
  const lost = history.entries.filter(isAccepted).filter((entry) => {
    if (entry.kind === 'LOGIN') return sessions.get(entry.sessionId ?? '') === undefined;
    return entry.kind === 'REFRESH' && !hasReached(sessions.get(entry.sessionId), entry);
  });
  const alive = history.stored.sessions.filter(
    ({ id, endReason }) => endReason === null && known.mustHaveEnded(id),
  );
  const refused = history.entries.filter(
    (entry) => entry.kind === 'LOGIN' && entry.isSure && entry.outcome === 'INVALID_CREDENTIALS',
  );
  return [
    ...[...lost, ...refused].map(told),
    ...alive.map(({ id }) => `session ${id} lives after its acknowledged end`),
  ];
}

function hasReached(session: StoredSession | undefined, { received }: Refresh): boolean {
  if (session === undefined || received === undefined) return false;
  const { generation, branch } = session.newest;
  return (
    generation > received.generation || (generation === received.generation && branch >= received.branch)
  );
}

/** Promise 4, its second part: there are no more sessions than logins that were answered so, or not answered. */
function refusedChangedNothing({ entries, stored }: History): string[] {
  const logins = entries.filter((entry): entry is Login => entry.kind === 'LOGIN');
  return stored.users.flatMap(({ id }) => {
    const possible = logins.filter(
      ({ userId, outcome }) => userId === id && (outcome === 'ACCEPTED' || isUnknown(outcome)),
    );
    const found = stored.sessions.filter(({ userId }) => userId === id).length;
    if (possible.length === 0 || found <= possible.length) return [];
    return [`user ${id} has ${found} sessions of ${possible.length} logins`];
  });
}

/** Promise 4, its third part (SECURITY H3): a line in the log and an entry in the feed if and only if it happened. */
function logAgreesWithState({ stored }: History): string[] {
  const sessions = stored.sessions.flatMap(({ id, endReason, audited, fed }) => {
    const ended = endReason === null ? 0 : 1;
    const reused = endReason === 'REFRESH_TOKEN_REUSE' ? 1 : 0;
    const expected = { LOGIN_SUCCEEDED: 1, SESSION_ENDED: ended, REFRESH_TOKEN_REUSED: reused };
    const wrong = Object.entries(expected).filter(([type, count]) => (audited[type] ?? 0) !== count);
    return [
      ...wrong.map(([type, count]) => `session ${id}: ${audited[type] ?? 0} × ${type} instead of ${count}`),
      ...(fed === ended ? [] : [`session ${id}: ${fed} entries of the feed instead of ${ended}`]),
    ];
  });
  const users = stored.users.flatMap(({ id, tokenVersion, fedVersion, audited }) => [
    ...(fedVersion === 0 || fedVersion === tokenVersion
      ? []
      : [`user ${id}: version ${tokenVersion}, ${fedVersion} in the feed`]),
    // An account begins with version 1.
    ...(audited === tokenVersion - 1
      ? []
      : [`user ${id}: version ${tokenVersion}, ${audited} lines in the log`]),
  ]);
  return [...sessions, ...users];
}

/** What fails for the servers' sake says so, and only while something is wrong with them; a broken connection says nothing. */
function failureIsUnavailable({ entries }: History): string[] {
  const lawful = /^(ACCEPTED|LOST|SESSION_ENDED|STALE|INVALID|EXPIRED|MISSING|INVALID_CREDENTIALS)$/;
  return entries
    .filter(({ calm, outcome }) => !lawful.test(outcome) && (calm || outcome !== 'UNAVAILABLE'))
    .map(told);
}

function told(entry: Entry): string {
  const { kind, episode, instance, outcome, sentAt, detail } = entry;
  const what = kind === 'REVOCATION' ? entry.act : kind.toLowerCase();
  const of = kind === 'PROBE' ? entry.token.sessionId : (entry.sessionId ?? '');
  return `${what} of ${of} at instance ${instance}, sent at ${Math.round(sentAt)} (${episode}): ${outcome}${detail ? ` ${detail}` : ''}`;
}

function since(
  { act, instance, answeredAt, episode }: Revocation,
  { sentAt }: Pick<Probe, 'sentAt'>,
): string {
  return `${Math.round(sentAt - answeredAt)} ms after ${act} was acknowledged by instance ${instance} (${episode})`;
}
