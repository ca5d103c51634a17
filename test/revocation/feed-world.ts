import { Denylist } from '../../src/revocation/denylist.ts';
import {
  BEGINNING,
  type FeedPage,
  type FeedPosition,
  follow,
  type Step,
} from '../../src/revocation/feed-position.ts';
import { Freshness, type Moment } from '../../src/revocation/freshness.ts';
import type { FeedEntry } from '../../src/revocation/revocation.ts';

/** What may be done otherwise, and then is wrong. */
export interface FeedRules {
  readonly numbers: 'counter' | 'autoIncrement';
  readonly provenFrom: 'begun' | 'answered';
  readonly clocks: 'both' | 'wall' | 'monotonic';
  readonly afterCrash: 'beginning' | 'head';
  readonly ownRevocations: 'entered' | 'awaited';
  readonly truth: 'feed' | 'messages';
  readonly place: 'checked' | 'number';
}

export const RULES: FeedRules = {
  numbers: 'counter',
  provenFrom: 'begun',
  clocks: 'both',
  afterCrash: 'beginning',
  ownRevocations: 'entered',
  truth: 'feed',
  place: 'checked',
};

/** One instance before a database in which others, or this one itself, revoke sessions. */
export interface FeedModel {
  readonly rules: FeedRules;
  /** How many revocations there may be, each of another session. */
  readonly writers: number;
  readonly faults: Partial<Faults>;
  /** Whether it is this instance that revokes, which has to be exact then. */
  readonly acknowledges: boolean;
}

/** Ticks; revocations begin early, so that all that can come of one is within the time of the model. */
const MAX_STALENESS = 1;
const TOKEN_LIFE = 3;
const LAST_BEGIN = 1;
const LAST_TICK = 5;

/** How often what befalls an instance or its database may happen. */
export type Faults = Readonly<
  Record<'crash' | 'failover' | 'setClock' | 'suspend' | 'lose' | 'purge', number>
>;

interface Writer {
  readonly phase: 'idle' | 'open' | 'committed' | 'acknowledged' | 'gone';
  readonly sequence: number;
  readonly createdAt: number;
  readonly acknowledgedAt: number;
}

interface Poll {
  readonly begun: Moment;
  readonly page: FeedPage | null;
}

export interface FeedWorld {
  readonly time: number;
  readonly clocks: Moment;
  readonly writers: readonly Writer[];
  /** Committed, by sequence. */
  readonly table: readonly FeedEntry[];
  readonly head: number;
  readonly nextNumber: number;
  readonly position: FeedPosition;
  readonly entered: readonly FeedEntry[];
  readonly purgedAt: number;
  readonly provenAt: Moment | null;
  readonly poll: Poll | null;
  /** Faults that may still happen. */
  readonly left: Faults;
}

export type FeedEvent =
  | { readonly kind: 'tick' | 'poll' | 'read' | 'answer' }
  | { readonly kind: keyof Faults }
  | { readonly kind: 'begin' | 'commit' | 'rollBack' | 'acknowledge' | 'message'; readonly writer: number };

const IDLE: Writer = { phase: 'idle', sequence: 0, createdAt: 0, acknowledgedAt: 0 };

export function feedStart({ writers, faults }: FeedModel): FeedWorld {
  return {
    time: 0,
    clocks: { monotonic: 0, wall: 0 },
    writers: Array.from({ length: writers }, () => IDLE),
    table: [],
    head: 0,
    nextNumber: 1,
    position: BEGINNING,
    entered: [],
    purgedAt: 0,
    provenAt: null,
    poll: null,
    left: { crash: 0, failover: 0, setClock: 0, suspend: 0, lose: 0, purge: 0, ...faults },
  };
}

export function feedEvents(world: FeedWorld): FeedEvent[] {
  const faults = (['crash', 'failover', 'setClock', 'suspend', 'lose', 'purge'] as const).filter(
    (kind) => world.left[kind] > 0,
  );
  const own = (['begin', 'commit', 'rollBack', 'acknowledge', 'message'] as const).flatMap((kind) =>
    world.writers.map((_, writer) => ({ kind, writer })),
  );
  const plain = (['tick', 'poll', 'read', 'answer'] as const).map((kind) => ({ kind }));
  return [...plain, ...faults.map((kind) => ({ kind })), ...own];
}

/** Whether nothing of what is revoked, or will be, can be accepted any more. */
export function isOver({ writers, time }: FeedWorld): boolean {
  return writers.every(({ phase, createdAt }) => {
    if (phase === 'idle') return time > LAST_BEGIN;
    return phase === 'gone' || time >= createdAt + TOKEN_LIFE;
  });
}

/** @returns undefined where the event cannot happen */
export function feedStep(model: FeedModel, world: FeedWorld, event: FeedEvent): FeedWorld | undefined {
  switch (event.kind) {
    case 'tick':
      return pass(world, 1);
    case 'suspend':
      return spend(pass(world, 0), 'suspend');
    case 'poll':
      return world.poll === null ? { ...world, poll: { begun: world.clocks, page: null } } : undefined;
    case 'read':
      return read(model, world);
    case 'answer':
      return answer(model, world);
    case 'purge':
      return spend(purge(world), 'purge');
    case 'lose':
      return world.poll === null ? undefined : spend({ ...world, poll: null }, 'lose');
    case 'setClock':
      return spend({ ...world, clocks: { ...world.clocks, wall: world.clocks.wall - 3 } }, 'setClock');
    case 'crash':
      return spend(crash(model, world), 'crash');
    case 'failover':
      return spend(failOver(world), 'failover');
    case 'message':
      return receive(model, world, event.writer);
    default:
      return write(model, world, event.kind, event.writer);
  }
}

/** The session of a revocation that is accepted though it must not be any more. */
export function wronglyAccepted(model: FeedModel, world: FeedWorld): number | undefined {
  const denylist = new Denylist();
  denylist.enter(world.entered);
  denylist.purge(world.purgedAt);
  const index = world.writers.findIndex(
    (writer, session) =>
      writer.phase === 'acknowledged' &&
      (model.acknowledges || world.time - writer.acknowledgedAt > MAX_STALENESS) &&
      world.time < writer.createdAt + TOKEN_LIFE &&
      isFresh(model, world) &&
      denylist.sessionEnd(sessionOf(session)) === undefined,
  );
  return index === -1 ? undefined : index;
}

function isFresh({ rules }: FeedModel, { provenAt, clocks }: FeedWorld): boolean {
  if (rules.truth === 'messages') return true;
  if (provenAt === null) return false;
  const freshness = new Freshness(MAX_STALENESS, () => seen(rules, clocks));
  freshness.prove(seen(rules, provenAt));
  return freshness.isFresh();
}

function seen({ clocks }: FeedRules, { monotonic, wall }: Moment): Moment {
  if (clocks === 'wall') return { monotonic: wall, wall };
  return clocks === 'monotonic' ? { monotonic, wall: monotonic } : { monotonic, wall };
}

function sessionOf(writer: number): string {
  return `00000000-0000-0000-0000-00000000000${writer}`;
}

function pass(world: FeedWorld, monotonic: number): FeedWorld | undefined {
  if (world.time === LAST_TICK) return undefined;
  const clocks = { monotonic: world.clocks.monotonic + monotonic, wall: world.clocks.wall + 1 };
  return { ...world, time: world.time + 1, clocks };
}

function spend(world: FeedWorld | undefined, kind: keyof Faults): FeedWorld | undefined {
  return world && { ...world, left: { ...world.left, [kind]: world.left[kind] - 1 } };
}

function read({ rules }: FeedModel, world: FeedWorld): FeedWorld | undefined {
  if (world.poll === null || world.poll.page !== null) return undefined;
  const last = world.position.last?.sequence ?? 0;
  const from = rules.place === 'checked' ? last : last + 1;
  const entries = world.table.filter(({ sequence }) => sequence >= from);
  const found = { head: world.head, now: world.time, entries, isFull: false };
  return { ...world, poll: { ...world.poll, page: found } };
}

function answer({ rules }: FeedModel, world: FeedWorld): FeedWorld | undefined {
  const { poll } = world;
  if (poll === null || poll.page === null) return undefined;
  const { position, isCurrent } = (rules.place === 'checked' ? follow : byNumber)(world.position, poll.page);
  const proof = rules.provenFrom === 'begun' ? poll.begun : world.clocks;
  return {
    ...enter(world, poll.page.entries),
    purgedAt: poll.page.now,
    position,
    provenAt: isCurrent ? proof : world.provenAt,
    poll: null,
  };
}

/** Remembers a number, and takes all that is above it for all that is new. */
function byNumber(position: FeedPosition, { entries }: FeedPage): Step {
  return { position: { ...position, last: entries.at(-1) ?? position.last }, isCurrent: true };
}

function enter(world: FeedWorld, entries: readonly FeedEntry[]): FeedWorld {
  const known = new Set(world.entered.map((entry) => JSON.stringify(entry)));
  const added = entries.filter((entry) => !known.has(JSON.stringify(entry)));
  return added.length === 0 ? world : { ...world, entered: [...world.entered, ...added] };
}

function purge(world: FeedWorld): FeedWorld | undefined {
  const kept = world.table.filter(
    ({ sequence, effectiveUntil }) => effectiveUntil > world.time || sequence === world.head,
  );
  return kept.length === world.table.length ? undefined : { ...world, table: kept };
}

function crash({ rules }: FeedModel, world: FeedWorld): FeedWorld {
  const last = world.table.at(-1);
  const position = rules.afterCrash === 'head' && last ? { last, isSnapshot: false } : BEGINNING;
  return { ...world, position, entered: [], purgedAt: 0, provenAt: null, poll: null };
}

/** Another server takes over without the last commit: what it acknowledged is lost, and its number free again. */
function failOver(world: FeedWorld): FeedWorld | undefined {
  const lost = world.table.at(-1);
  if (lost === undefined || world.writers.some(({ phase }) => phase === 'open')) return undefined;
  const isLost = ({ sequence, phase }: Writer) => sequence === lost.sequence && phase !== 'gone';
  const writers = world.writers.map((writer) =>
    isLost(writer) ? { ...writer, phase: 'gone' as const } : writer,
  );
  const head = lost.sequence - 1;
  return { ...world, writers, table: world.table.slice(0, -1), head, nextNumber: head + 1 };
}

function receive({ rules }: FeedModel, world: FeedWorld, index: number): FeedWorld | undefined {
  if (rules.truth !== 'messages') return undefined;
  const sent = world.table.filter(
    (entry) => entry.kind === 'SESSION' && entry.sessionId === sessionOf(index),
  );
  return sent.length === 0 ? undefined : enter(world, sent);
}

function write(
  model: FeedModel,
  world: FeedWorld,
  kind: 'begin' | 'commit' | 'rollBack' | 'acknowledge',
  index: number,
): FeedWorld | undefined {
  const writer = world.writers[index] ?? IDLE;
  if (kind === 'begin') return begin(model, world, index, writer);
  if (kind === 'acknowledge') return acknowledge(model, world, index, writer);
  if (writer.phase !== 'open') return undefined;
  if (kind === 'rollBack') return put(world, index, { ...writer, phase: 'gone' });
  const table = [...world.table, entryOf(index, writer)].sort((a, b) => a.sequence - b.sequence);
  const head = Math.max(world.head, writer.sequence);
  return put({ ...world, table, head }, index, { ...writer, phase: 'committed' });
}

/** The counter's row is locked until the end of the transaction; the table's own numbers are given out to anybody. */
function begin({ rules }: FeedModel, world: FeedWorld, index: number, writer: Writer): FeedWorld | undefined {
  // The writers are alike: they begin in their order.
  const isTurn = index === 0 || world.writers[index - 1]?.phase !== 'idle';
  if (writer.phase !== 'idle' || world.time > LAST_BEGIN || !isTurn) return undefined;
  const opened = { ...writer, phase: 'open' as const, createdAt: world.time };
  if (rules.numbers === 'autoIncrement')
    return put({ ...world, nextNumber: world.nextNumber + 1 }, index, {
      ...opened,
      sequence: world.nextNumber,
    });
  if (world.writers.some(({ phase }) => phase === 'open')) return undefined;
  return put(world, index, { ...opened, sequence: world.head + 1 });
}

function acknowledge(
  { rules, acknowledges }: FeedModel,
  world: FeedWorld,
  index: number,
  writer: Writer,
): FeedWorld | undefined {
  if (writer.phase !== 'committed') return undefined;
  const acknowledged = put(world, index, { ...writer, phase: 'acknowledged', acknowledgedAt: world.time });
  const enters = acknowledges && rules.ownRevocations === 'entered';
  return enters ? enter(acknowledged, [entryOf(index, writer)]) : acknowledged;
}

function put(world: FeedWorld, index: number, writer: Writer): FeedWorld {
  return { ...world, writers: world.writers.map((each, place) => (place === index ? writer : each)) };
}

function entryOf(index: number, { sequence, createdAt }: Writer): FeedEntry {
  return {
    kind: 'SESSION',
    sessionId: sessionOf(index),
    reason: 'LOGOUT',
    sequence,
    createdAt,
    effectiveUntil: createdAt + TOKEN_LIFE,
  };
}
