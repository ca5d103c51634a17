import { readHint, type SessionHint, writeHint } from '../../src/sessions/session-hint.ts';

const HINT: SessionHint = {
  kind: 'REFRESHED',
  userId: '01a21e66-008e-7156-9212-55bb5c14f946',
  sessionId: '01a21e66-008e-7156-9212-55bb5c14f947',
};

it('is read as it was written', () => {
  expect(readHint(writeHint(HINT))).toEqual(HINT);
});

// Whoever reaches Redis may write to it.
it.each([
  '',
  'BEGAN',
  `ENDED ${HINT.userId} ${HINT.sessionId}`,
  `BEGAN ${HINT.userId}`,
  `BEGAN ${HINT.userId} ${HINT.sessionId} more`,
  `BEGAN ${HINT.userId} ' OR 1=1`,
  `BEGAN ${HINT.userId.toUpperCase()} ${HINT.sessionId}`,
  '__proto__ a b',
])('is none: %j', (text) => {
  expect(readHint(text)).toBeUndefined();
});
