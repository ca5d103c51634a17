import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { catchUp, type NewSubscriber } from '../../src/revocation/catch-up.ts';
import { BEGINNING, type FeedPage, type FeedPosition, follow } from '../../src/revocation/feed-position.ts';
import { FeedPublisher } from '../../src/revocation/feed-publisher.ts';
import { processMoment } from '../../src/revocation/freshness.ts';
import type { FeedEntry } from '../../src/revocation/revocation.ts';

/** So few that a subscriber has to read several. */
const PAGE = 16;

/** A feed in memory, whose answers take their time: they tell of some moment between question and answer. */
class Feed {
  readonly entries: FeedEntry[] = [];
  readonly committedAt = new Map<string, number>();

  commit(): void {
    const sessionId = uuidv7();
    const now = Date.now();
    const times = { createdAt: now, effectiveUntil: now + 3_600_000 };
    const sequence = this.entries.length + 1;
    this.entries.push({ kind: 'SESSION', sessionId, reason: 'LOGOUT', sequence, ...times });
    this.committedAt.set(sessionId, performance.now());
  }

  async read(from: number): Promise<FeedPage> {
    await sleep(Math.random() * 4);
    const entries = this.entries.filter(({ sequence }) => sequence >= from).slice(0, PAGE);
    const page = { head: this.entries.length, now: Date.now(), entries, isFull: entries.length === PAGE };
    await sleep(Math.random() * 4);
    return page;
  }
}

/** Holds every message of `current` against what had been committed by then. */
class Listener implements NewSubscriber {
  readonly receivedAt = performance.now();
  readonly heard = new Set<string>();
  readonly lies: string[] = [];
  cursor: string | undefined;
  isOpen = true;

  constructor(
    private readonly feed: Feed,
    known: ReadonlySet<string> = new Set(),
  ) {
    for (const sessionId of known) this.heard.add(sessionId);
  }

  send(message: string | Buffer): void {
    const [, id] = /^id: (.*)$/m.exec(String(message)) ?? [];
    const [, event] = /^event: (.*)$/m.exec(String(message)) ?? [];
    const data = JSON.parse(/^data: (.*)$/m.exec(String(message))?.[1] ?? 'null');
    this.cursor = id ?? this.cursor;
    if (event === 'revocations') for (const { sid } of data) this.heard.add(sid);
    if (event === 'current') this.#judge(this.receivedAt + data.at);
  }

  end(): void {
    this.isOpen = false;
  }

  async drained(): Promise<void> {
    await sleep(Math.random() * 2);
  }

  #judge(until: number): void {
    for (const [sessionId, at] of this.feed.committedAt)
      if (at <= until && !this.heard.has(sessionId)) this.lies.push(sessionId);
  }
}

/** Follows the feed as an instance does. */
async function poll(feed: Feed, publisher: FeedPublisher, isOver: () => boolean): Promise<void> {
  let position: FeedPosition = BEGINNING;
  while (!isOver()) {
    const begun = processMoment();
    const page = await feed.read(position.last?.sequence ?? 0);
    const { position: next, isCurrent } = follow(position, page);
    publisher.onPage(page, { begun, isCurrent });
    position = next;
  }
}

/** Revocations at any moment, and often several at once, until it is told that it is enough. */
async function revoke(feed: Feed, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (let more = Math.floor(Math.random() * 4); more > 0; more--) feed.commit();
    await sleep(Math.random() * 3);
  }
}

/** Comes, stays for a while, and comes back with its cursor, again and again. */
async function subscribe(feed: Feed, publisher: FeedPublisher, isOver: () => boolean): Promise<Listener[]> {
  const visits: Listener[] = [];
  while (!isOver()) {
    const before = visits.at(-1);
    const listener = new Listener(feed, before?.heard);
    visits.push(listener);
    await catchUp({ publisher, history: feed }, before?.cursor, () => listener);
    await sleep(Math.random() * 30);
    if (isOver()) break;
    publisher.leave(listener);
    listener.end();
  }
  return visits;
}

it('E7 subscribers that come and go while others revoke miss nothing, and are never called current too early', async () => {
  const [feed, publisher] = [new Feed(), new FeedPublisher()];
  let isRevoking = true;
  let isPolling = true;
  const polling = poll(feed, publisher, () => !isPolling);
  while (!publisher.isReady) await sleep(1);
  const end = performance.now() + 2_000;
  const revoking = revoke(feed, () => !isRevoking);
  const subscribing = Array.from({ length: 10 }, () =>
    subscribe(feed, publisher, () => performance.now() > end),
  );
  const visits = await Promise.all(subscribing);
  isRevoking = false;
  await revoking;
  const last = visits.flatMap((each) => each.at(-1) ?? []);
  const all = feed.entries.length;
  expect(all).toBeGreaterThan(100);
  expect(visits.flat().length).toBeGreaterThan(50);
  // Those that are there in the end hear of everything.
  for (let turn = 0; turn < 1_000 && last.some(({ heard }) => heard.size < all); turn++) await sleep(10);
  isPolling = false;
  await polling;
  expect(last.map(({ heard }) => heard.size)).toEqual(last.map(() => all));
  expect(visits.flat().flatMap(({ lies }) => lies)).toEqual([]);
});
