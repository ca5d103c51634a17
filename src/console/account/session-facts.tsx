import type { SessionNode } from '../operations/types.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { When } from '../parts/when.tsx';
import { deviceOf } from '../words/device.ts';
import { shortEndWords } from '../words/end-reasons.ts';
import { placeOf } from '../words/place.ts';

interface Props {
  readonly session: SessionNode;
  /** Whose it is, where that is not clear. */
  readonly owner?: string;
}

/** A session as a person sees it: device, place, last use, and whether it is this one. */
export function SessionFacts({ session, owner }: Props) {
  const device = deviceOf(session.userAgent);
  const place = placeOf(session.ipAddress);
  return (
    <div className="facts">
      <Icon shape={device.kind} />
      <div>
        <p className="row-title">
          <strong>{owner ?? session.deviceName ?? device.name}</strong>
          {session.current && <Badge tone="good">This device</Badge>}
          {session.endedAt && <Badge>{shortEndWords(session.endReason)}</Badge>}
        </p>
        <p className="row-meta">
          {(owner !== undefined || session.deviceName !== null) && (
            <span>
              {owner !== undefined && session.deviceName !== null ? `${session.deviceName}, ` : ''}
              {device.name}
            </span>
          )}
          <span title={session.ipAddress ?? undefined}>{place}</span>
          {session.endedAt ? (
            <span>
              Ended <When at={session.endedAt} />
            </span>
          ) : (
            <span>
              Last used <When at={session.lastSeenAt} />
            </span>
          )}
          <span>
            Signed in <When at={session.createdAt} />
          </span>
        </p>
      </div>
    </div>
  );
}

/** What to call it on a button. */
export function sessionName(session: SessionNode): string {
  return `${session.deviceName ?? deviceOf(session.userAgent).name}, ${placeOf(session.ipAddress)}`;
}
