import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../../support/databases.ts';
import { watchSessionUpdates } from '../../support/session-updates.ts';
import { Admin } from './admin.ts';
import { register } from './clients.ts';
import { BOUND } from './cluster.ts';
import { type Fault, type Grounds, NOTHING } from './faults.ts';
import type { History } from './history.ts';
import { Person } from './person.ts';
import type { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import type { Play, Stage } from './scenes.ts';
import { readStored } from './stored.ts';
import { Watch } from './watch.ts';

const PEOPLE = 3;

/** Milliseconds: REFRESH_GRACE is 30 s. */
const PAST_WINDOW = 31_000;

/** People who use a cluster while something befalls it, one fault or play after the other. */
export class Campaign {
  readonly recorder = new Recorder();
  readonly watch: Watch;
  readonly #stage: Stage;
  readonly #people: Person[] = [];

  private constructor(
    private readonly grounds: Grounds,
    private readonly database: TestDatabase,
    private readonly random: Random,
  ) {
    const { cluster } = grounds;
    this.#stage = { cluster, recorder: this.recorder, database };
    this.watch = new Watch(this.#stage, random.fork());
  }

  static async begin(grounds: Grounds, database: TestDatabase, random: Random): Promise<Campaign> {
    const campaign = new Campaign(grounds, database, random);
    await watchSessionUpdates(database);
    await campaign.#invite();
    return campaign;
  }

  async #invite(): Promise<void> {
    const size = this.grounds.cluster.instances.length;
    const random = this.random.fork();
    const anywhere = () => Math.floor(random.next() * size);
    const admin = await Admin.of(this.#stage, this.database, anywhere);
    while (this.#people.length < PEOPLE) {
      const { credentials, device } = await register(this.#stage);
      this.#people.push(new Person(this.#stage, admin, this.watch, this.random.fork(), credentials, device));
    }
  }

  /** Everybody is busy while it happens; then all is mended, and everybody looks what is left. */
  async suffer(name: string, fault: Fault): Promise<void> {
    await this.recorder.during(name, fault === NOTHING, () => this.#liveThrough(fault));
    await this.#takeStock();
  }

  async #liveThrough(fault: Fault): Promise<void> {
    const { random, grounds, watch } = this;
    let isOver = false;
    const over = () => isOver;
    const lives = [...this.#people.map((person) => person.live(over)), watch.haunt(over)];
    await sleep(random.between(100, 300));
    await fault(grounds, random);
    await sleep(random.between(100, 300));
    isOver = true;
    await Promise.all(lives);
    await grounds.cluster.ready();
    await watch.settled();
  }

  async play(name: string, play: Play): Promise<void> {
    await this.recorder.during(name, false, () => play(this.#stage));
    await this.grounds.cluster.ready();
  }

  async #takeStock(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.takeStock()));
    await this.watch.takeStock();
    // Some are refreshed next when the window is long over: a lost answer must be recovered from then as well.
    const devices = this.#people.flatMap((person) => person.devices);
    for (const { sessionId } of devices)
      if (this.random.chance(0.5)) await this.database.age(sessionId, PAST_WINDOW);
  }

  async history(freshness: 'strict' | 'bounded'): Promise<History> {
    const { entries, races, thefts, sequels } = this.recorder;
    const bound = freshness === 'strict' ? 0 : BOUND;
    return { entries, races, thefts, sequels, bound, stored: await readStored(this.database) };
  }
}
