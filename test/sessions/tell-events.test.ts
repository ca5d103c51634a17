import { unavailable } from '../../src/errors/refusal.ts';
import type { Session } from '../../src/sessions/session.ts';
import { SessionEvents } from '../../src/sessions/session-events.ts';
import { EventTeller } from '../../src/sessions/tell-events.ts';

/** What stands in a table is what a test puts there; each question is kept. */
class Table {
  readonly asked: (readonly string[])[] = [];
  failures = 0;

  constructor(private readonly sessions: readonly Session[]) {}

  async findAll(ids: readonly string[]): Promise<Session[]> {
    this.asked.push(ids);
    if (this.failures-- > 0) throw unavailable();
    return this.sessions.filter(({ id }) => ids.includes(id));
  }
}

const session = (id: string, endedAt: number | null = null) =>
  ({
    id,
    userId: 'somebody',
    createdAt: 1,
    lastSeenAt: 2,
    endedAt,
    endReason: null,
    endedBy: null,
  }) as Session;

function scene(...sessions: Session[]) {
  const events = new SessionEvents();
  const table = new Table(sessions);
  return { events, table, teller: new EventTeller(events, table) };
}

it('asks for nothing where nobody listens', async () => {
  const { table, teller } = scene(session('a'));
  teller.hint({ kind: 'BEGAN', userId: 'somebody', sessionId: 'a' });
  teller.ended(['a']);
  await teller.stop();
  expect(table.asked).toEqual([]);
});

it('asks once for all that ended together, and tells of what is somebody’s who listens', async () => {
  const { events, table, teller } = scene(session('a', 5), session('b', 6));
  const heard = events.subscribe('somebody', 0);
  teller.ended(['a']);
  teller.ended(['b', 'c']);
  expect((await heard.next()).value).toMatchObject({ kind: 'ENDED', session: { id: 'a' } });
  expect((await heard.next()).value).toMatchObject({ kind: 'ENDED', session: { id: 'b' } });
  expect(table.asked).toEqual([['a', 'b', 'c']]);
  await teller.stop();
});

it('goes on asking for what cannot be read', async () => {
  const { events, table, teller } = scene(session('a', 5));
  const heard = events.subscribe('somebody', 0);
  table.failures = 2;
  teller.ended(['a']);
  expect((await heard.next()).value).toMatchObject({ kind: 'ENDED' });
  expect(table.asked).toHaveLength(3);
  await teller.stop();
});

it('lets an ending take the place of what was due before', async () => {
  const { events, teller } = scene(session('a', 5));
  const heard = events.subscribe('somebody', 0);
  teller.hint({ kind: 'REFRESHED', userId: 'somebody', sessionId: 'a' });
  teller.ended(['a']);
  teller.hint({ kind: 'REFRESHED', userId: 'somebody', sessionId: 'a' });
  expect((await heard.next()).value).toMatchObject({ kind: 'ENDED' });
  await teller.stop();
});
