import type { LogEvent } from '../operations/security-log.ts';
import { Badge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { hrefOf } from '../routes/route.ts';
import { deviceOf } from '../words/device.ts';
import { shortEndWords } from '../words/end-reasons.ts';
import { eventWords, isAlarming } from '../words/log-events.ts';
import { placeOf } from '../words/place.ts';

export function LogRow({ event }: { readonly event: LogEvent }) {
  return (
    <div className="row">
      <div>
        <p className="row-title">
          <strong>{eventWords(event.type)}</strong>
          {isAlarming(event.type) && <Badge tone="bad">Look at it</Badge>}
        </p>
        <p className="row-meta">
          <When at={event.at} />
          {event.detail && <span>{detailWords(event)}</span>}
          <span>{actorWords(event)}</span>
          {event.ipAddress && <span title={event.ipAddress}>{placeOf(event.ipAddress)}</span>}
          {event.userAgent && <span>{deviceOf(event.userAgent).name}</span>}
        </p>
        {event.sessionId && (
          <p className="row-meta">
            <span>
              Session <code>{event.sessionId}</code>
            </span>
          </p>
        )}
      </div>
      {event.userId && (
        <div className="row-actions">
          <a
            className="button quiet"
            href={hrefOf('/admin/log', { user: event.userId })}
            aria-label={`Only this user: ${event.userId}`}
          >
            Only this user
          </a>
        </div>
      )}
    </div>
  );
}

function detailWords({ type, detail }: LogEvent): string {
  return type === 'SESSION_ENDED' ? shortEndWords(detail) : (detail ?? '');
}

function actorWords({ actorId, userId, ipAddress }: LogEvent): string {
  if (actorId === null) return ipAddress === null ? 'by the server or its operator' : 'by somebody unknown';
  return actorId === userId ? 'by the user' : 'by an administrator';
}
