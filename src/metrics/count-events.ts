import type { Registry } from 'prom-client';
import type { BucketKind } from '../accounts/bucket-names.ts';
import { AUDIT_EVENT_TYPES, type AuditListener } from '../audit/event.ts';
import { SESSION_END_REASONS } from '../errors/refusal.ts';
import type { RefreshListener } from '../sessions/services.ts';
import { Tally } from './tally.ts';

const BUCKETS: readonly BucketKind[] = ['account', 'known address', 'device', 'address'];

/** Every event of the security log that this instance has written, once it is durable. */
export function countEvents(registry: Registry): AuditListener {
  const events = new Tally(
    registry,
    'portcullis_security_events_total',
    'Events of the security log, by type.',
    ['type'],
  );
  for (const type of AUDIT_EVENT_TYPES) events.cell(type);
  const details = { SESSION_ENDED: countEnds(registry), LOGIN_THROTTLED: countThrottling(registry) };
  return ({ type, detail }) => {
    events.cell(type).count += 1;
    if (type === 'SESSION_ENDED' || type === 'LOGIN_THROTTLED') details[type](detail);
  };
}

type DetailListener = (detail: string | null) => void;

function countEnds(registry: Registry): DetailListener {
  const ends = new Tally(
    registry,
    'portcullis_sessions_ended_total',
    'Sessions that were ended, by reason; those that reached a deadline are not among them.',
    ['reason'],
  );
  for (const reason of SESSION_END_REASONS) ends.cell(reason);
  return (reason) => {
    ends.cell(reason ?? 'OTHER').count += 1;
  };
}

function countThrottling(registry: Registry): DetailListener {
  const throttled = new Tally(
    registry,
    'portcullis_login_throttled_total',
    'Failed logins that began the pauses of an account or reached a limit, by what is counted.',
    ['bucket'],
  );
  for (const bucket of BUCKETS) throttled.cell(bucket);
  return (bucket) => {
    throttled.cell(bucket ?? 'OTHER').count += 1;
  };
}

export function countRefreshes(registry: Registry): RefreshListener {
  const refreshes = new Tally(
    registry,
    'portcullis_refreshes_total',
    'Refresh tokens that were presented, by what the rotation table made of them.',
    ['verdict'],
  );
  for (const verdict of ['ROTATED', 'REPLAYED', 'REUSED']) refreshes.cell(verdict);
  return (verdict) => {
    refreshes.cell(verdict).count += 1;
  };
}
