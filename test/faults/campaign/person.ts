import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from './admin.ts';
import {
  type Credentials,
  changePassword,
  type Device,
  logIn,
  logOut,
  logOutAndGoOn,
  revokeSession,
  type Scene,
} from './clients.ts';
import type { Issued, Revocation } from './history.ts';
import type { Random } from './random.ts';
import type { Watch } from './watch.ts';

const MOST_DEVICES = 4;

/** Somebody with several sessions. What they do to their account they do one after the other; their devices do not wait. */
export class Person {
  #devices: Device[];
  /** Those that may be the right one: an answer to a change may be missing. */
  #passwords: string[];
  #changes = 0;
  /** Undefined: an answer to a change is missing. */
  #isAdmin: boolean | undefined = false;
  #maybeSuspended = false;

  constructor(
    private readonly scene: Scene,
    private readonly admin: Admin,
    private readonly watch: Watch,
    private readonly random: Random,
    private readonly credentials: Credentials,
    first: Device,
  ) {
    this.#devices = [first];
    this.#passwords = [credentials.password];
  }

  get devices(): readonly Device[] {
    return this.#devices.filter(({ isOver }) => !isOver);
  }

  /** @param isOver whether to stop */
  async live(isOver: () => boolean): Promise<void> {
    await Promise.all([this.#act(isOver), this.#use(isOver, this.random.fork())]);
  }

  /** Their devices refresh and ask, each at any instance. */
  async #use(isOver: () => boolean, random: Random): Promise<void> {
    while (!isOver()) {
      await Promise.all(this.devices.map((device) => this.#useOnce(device, random)));
      await sleep(random.between(10, 50));
    }
  }

  async #useOnce(device: Device, random: Random): Promise<void> {
    const anywhere = () => this.#anywhere(random);
    if (random.chance(0.6)) {
      if ((await device.probe(anywhere())) === 'STALE') await device.refresh(anywhere());
    } else if (random.chance(0.8)) await device.refresh(anywhere());
    // Two tabs.
    else await Promise.all([device.refresh(anywhere()), device.refresh(anywhere())]);
  }

  #anywhere(random = this.random): number {
    return Math.floor(random.next() * this.scene.cluster.instances.length);
  }

  async #act(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#actOnce();
      await sleep(this.random.between(20, 120));
    }
  }

  async #actOnce(): Promise<void> {
    const { random, devices } = this;
    const [device, other] = random.shuffled(devices);
    if (device === undefined || devices.length < 2) return this.#logIn();
    const { userId } = device;
    const chosen = random.next();
    if (chosen < 0.3 && devices.length < MOST_DEVICES) await this.#logIn();
    else if (chosen < 0.4) await this.#end([device], logOut(this.scene, this.#anywhere(), device));
    else if (chosen < 0.5) await this.#end([device], logOutAndGoOn(this.scene, this.#anywhere(), device));
    else if (chosen < 0.65 && other !== undefined)
      await this.#end([other], revokeSession(this.scene, this.#anywhere(), device, other));
    else if (chosen < 0.75) await this.#end(devices, this.admin.revokeAll(userId));
    else if (chosen < 0.87) await this.#changePassword(device);
    else if (chosen < 0.92) await this.#suspend();
    else if (chosen < 0.98) await this.#changeRoles();
    else await this.#outdate(devices, this.admin.rotateKey());
  }

  async #logIn(): Promise<void> {
    const isSure = this.#passwords.length === 1;
    for (const password of this.#passwords) {
      const { device } = await logIn(this.scene, this.#anywhere(), { ...this.credentials, password, isSure });
      if (device === undefined) continue;
      this.#devices = [...this.devices, device];
      return;
    }
  }

  async #end(devices: readonly Device[], asked: Promise<Revocation | undefined>): Promise<void> {
    const tokens = devices.map(({ newest }) => newest);
    const done = await asked;
    if (done === undefined || done.outcome !== 'ACCEPTED') return;
    for (const device of devices) device.isOver = true;
    this.watch.ended(tokens, done);
  }

  /** Tokens that have become untrue, in sessions that live. */
  async #outdate(devices: readonly Device[], asked: Promise<Revocation | undefined>): Promise<boolean> {
    const tokens = devices.map(({ newest }) => newest);
    const done = await asked;
    if (done?.outcome !== 'ACCEPTED') return false;
    if (done.outdates) this.watch.ended(tokens.filter(receivedBefore(done)), done);
    return true;
  }

  async #changePassword(by: Device): Promise<void> {
    const [currentPassword, ...others] = this.#passwords;
    if (currentPassword === undefined || others.length > 0) return;
    this.#changes += 1;
    const newPassword = `${this.credentials.password}, change ${this.#changes}`;
    const tokens = this.devices.filter((device) => device !== by).map(({ newest }) => newest);
    const { scene } = this;
    const done = await changePassword(scene, this.#anywhere(), by, { currentPassword, newPassword });
    if (done.outcome === 'ACCEPTED') {
      this.#passwords = [newPassword];
      this.watch.ended(tokens, done);
    } else if (/^(PENDING|LOST|UNAVAILABLE)$/.test(done.outcome))
      this.#passwords = [currentPassword, newPassword];
  }

  async #suspend(): Promise<void> {
    const { userId } = this.credentials;
    this.#maybeSuspended = true;
    await this.#end(this.devices, this.admin.setStatus(userId, 'SUSPENDED'));
    await sleep(this.random.between(0, 50));
    await this.#activate();
  }

  async #activate(): Promise<void> {
    const done = await this.admin.setStatus(this.credentials.userId, 'ACTIVE');
    this.#maybeSuspended = done === undefined;
  }

  async #changeRoles(): Promise<void> {
    const isAdmin = this.#isAdmin !== true;
    const { userId } = this.credentials;
    const roles = isAdmin ? ['USER', 'ADMIN'] : ['USER'];
    const isChange = this.#isAdmin !== undefined;
    this.#isAdmin = undefined;
    const changed = await this.#outdate(this.devices, this.admin.setRoles(userId, roles, isChange));
    if (changed) this.#isAdmin = isAdmin;
  }

  /**
   * When nothing is wrong any more and nothing under way: the account is active, its password is one that was asked for, and
   * every session that nobody ended goes on, everywhere.
   */
  async takeStock(): Promise<void> {
    if (this.#maybeSuspended) await this.#activate();
    await this.#findPassword();
    for (const device of this.devices) {
      for (const instance of this.scene.cluster.instances.keys()) {
        await device.refresh(instance);
        if (!device.isOver) await device.probe(instance);
      }
    }
  }

  async #findPassword(): Promise<void> {
    const isSure = this.#passwords.length === 1;
    for (const password of this.#passwords) {
      const { device } = await logIn(this.scene, this.#anywhere(), { ...this.credentials, password, isSure });
      if (device === undefined) continue;
      if (this.devices.length < MOST_DEVICES) this.#devices = [...this.devices, device];
      this.#passwords = [password];
      return;
    }
    throw new Error(`None of the passwords is right: ${this.#passwords.join()}`);
  }
}

function receivedBefore({ firstSentAt }: Revocation): (token: Issued) => boolean {
  return ({ receivedAt }) => receivedAt < firstSentAt;
}
