import type { Registry } from 'prom-client';
import type { BucketKind } from '../accounts/bucket-names.ts';
import { AUDIT_EVENT_TYPES, type AuditListener } from '../audit/event.ts';
import { SESSION_END_REASONS } from '../errors/refusal.ts';
import type { RefreshListener } from '../sessions/services.ts';
import { Tally } from './tally.ts';

const BUCKETS: readonly BucketKind[] = ['account', 'known address', 'device', 'address'];

/** Every event of the security log that this instance has written, once it is durable. */
export function countEvents(registry: Registry): AuditListener {
  const countEvent = counted(
    new Tally(registry, 'portcullis_security_events_total', 'Events of the security log, by type.', ['type']),
    AUDIT_EVENT_TYPES,
  );
  const countDetail = {
    SESSION_ENDED: counted(
      new Tally(
        registry,
        'portcullis_sessions_ended_total',
        'Sessions that were ended, by reason; those that reached a deadline are not among them.',
        ['reason'],
      ),
      SESSION_END_REASONS,
    ),
    LOGIN_THROTTLED: counted(
      new Tally(
        registry,
        'portcullis_login_throttled_total',
        'Failed logins that began the pauses of an account or reached a limit, by what is counted.',
        ['bucket'],
      ),
      BUCKETS,
    ),
  };
  return ({ type, detail }) => {
    countEvent(type);
    if (type === 'SESSION_ENDED' || type === 'LOGIN_THROTTLED') countDetail[type](detail ?? 'OTHER');
  };
}

export function countRefreshes(registry: Registry): RefreshListener {
  const help = 'Refresh tokens that were presented, by what the rotation table made of them.';
  const refreshes = new Tally(registry, 'portcullis_refreshes_total', help, ['verdict']);
  return counted(refreshes, ['ROTATED', 'REPLAYED', 'REUSED']);
}

/** @param values that are shown before any of them has come */
function counted(tally: Tally<string>, values: readonly string[]): (value: string) => void {
  for (const value of values) tally.cell(value);
  return (value) => {
    tally.cell(value).count += 1;
  };
}
