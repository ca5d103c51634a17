import { Notice } from '../parts/notice.tsx';
import { When } from '../parts/when.tsx';
import { endWords } from '../words/end-reasons.ts';

interface Props {
  readonly reason: string;
  readonly at: string | undefined;
}

/** Why the last session is over, to somebody who did not end it here. */
export function EndedNotice({ reason, at }: Props) {
  return (
    <div role="alert">
      <Notice tone="info">
        <p>
          <strong>You were signed out.</strong> {endWords(reason)}
        </p>
        {at && (
          <p className="hint">
            <When at={at} />
          </p>
        )}
      </Notice>
    </div>
  );
}
