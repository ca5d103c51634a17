import type { SessionEvent } from '../../src/sessions/session-event.ts';
import { SessionEvents, SlowSubscriber } from '../../src/sessions/session-events.ts';

const event = (at: number, userId = 'somebody') =>
  ({ kind: 'BEGAN', actor: null, at, session: { userId } }) as SessionEvent;

const told = async (subscriber: AsyncIterableIterator<SessionEvent>) => (await subscriber.next()).value?.at;

it('come to each subscriber of the user, in order, and to nobody else', async () => {
  const events = new SessionEvents();
  const [first, second, stranger] = ['somebody', 'somebody', 'stranger'].map((id) => events.subscribe(id, 0));
  const waiting = first && told(first);
  for (const at of [1, 2]) events.publish(event(at));
  events.publish(event(3, 'stranger'));
  expect(await waiting).toBe(1);
  expect(first && (await told(first))).toBe(2);
  expect(second && [await told(second), await told(second)]).toEqual([1, 2]);
  expect(stranger && (await told(stranger))).toBe(3);
});

it('do not come when they happened before', async () => {
  const events = new SessionEvents();
  const subscriber = events.subscribe('somebody', 10);
  for (const at of [9, 10]) events.publish(event(at));
  expect(await told(subscriber)).toBe(10);
});

it('end for who leaves, in the middle of waiting too, and leave nothing behind', async () => {
  const events = new SessionEvents();
  const [leaves, stays] = [events.subscribe('somebody', 0), events.subscribe('somebody', 0)];
  const waiting = leaves.next();
  await leaves.return?.();
  expect(await waiting).toEqual({ value: undefined, done: true });
  events.publish(event(1));
  expect(await leaves.next()).toEqual({ value: undefined, done: true });
  expect(await told(stays)).toBe(1);
  expect([events.isEmpty, events.isWanted('somebody')]).toEqual([false, true]);
  await stays.return?.();
  expect([events.isEmpty, events.isWanted('somebody')]).toEqual([true, false]);
});

it('are not kept for who does not take them', async () => {
  const events = new SessionEvents();
  const [slow, honest] = [events.subscribe('somebody', 0), events.subscribe('somebody', 0)];
  for (let at = 1; at <= 101; at += 1) {
    events.publish(event(at));
    expect(await told(honest)).toBe(at);
  }
  await expect(slow.next()).rejects.toThrow(SlowSubscriber);
  events.publish(event(102));
  expect(await told(honest)).toBe(102);
});
