import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../../support/databases.ts';
import { takeSessionUpdates } from '../../support/session-updates.ts';
import { Admin } from './admin.ts';
import type { Cable, Held } from './cable.ts';
import { changePassword, Device, logIn, logOut, probe, register, type Scene } from './clients.ts';
import { BOUND } from './cluster.ts';
import type { Issued } from './history.ts';

/** Where a scene is played, with users of its own. */
export interface Stage extends Scene {
  readonly database: TestDatabase;
}

/** An order of events that chance would seldom bring about, held in place by a packet that is kept back. */
export type Play = (stage: Stage) => Promise<void>;

/** Milliseconds: REFRESH_GRACE is 30 s. */
const PAST_WINDOW = 31_000;

/** Milliseconds that a client of a scene waits: it is the scene that decides who comes first. */
const PATIENCE = 10_000;

/** Milliseconds for what would overtake a packet that is kept back; where it cannot, it waits, and the packet goes on. */
const OVERTAKING = 600;

/** Plays that need nothing but instances on a database. */
export const PLAYS: Readonly<Record<string, Play>> = {
  'many present one refresh token': manyPresentOne,
  'thief and victim in turn': (stage) => thiefAndVictim(stage),
  'a login beside a change of its password': loginBesideChange,
};

/** Plays about what an instance knows by itself: FRESHNESS=bounded. */
export const BOUNDED_PLAYS: Readonly<Record<string, Play>> = {
  'a revocation commits late': lateCommitter,
  'what was done elsewhere is done again': doneTwice,
  'a clock is set back while its instance is cut off': clockSetBack,
};

/** The first of them is about to write when the others come. */
async function manyPresentOne(stage: Stage): Promise<void> {
  const { recorder, database, cluster } = stage;
  const { device } = await register(stage);
  await takeSessionUpdates(database, device.sessionId);
  const held = cluster.instance(0).database.hold((packet) => packet.includes('UPDATE `sessions`'));
  const first = device.refresh(0, PATIENCE);
  await caught(held);
  const others = Array.from({ length: 12 }, (_, turn) =>
    device.refresh(turn % cluster.instances.length, PATIENCE),
  );
  await overtaken(others);
  held.release();
  const all = await Promise.all([first, ...others]);
  const successors = all.flatMap(({ received }) => (received ? [JSON.stringify(received)] : []));
  const updates = await takeSessionUpdates(database, device.sessionId);
  recorder.races.push({
    sessionId: device.sessionId,
    successors: [...new Set(successors)],
    rotations: updates.filter(({ kind }) => kind === 'rotated').length,
  });
}

/** The server that saw the theft begin is killed before it goes on (SECURITY C7). */
export async function theftAcrossKill(stage: Stage): Promise<void> {
  const witness = stage.cluster.instance(0);
  await thiefAndVictim(stage, async () => {
    await witness.kill();
    await witness.start();
  });
}

/** Both hold the same refresh token; whoever is served has it later than the other one's window. */
async function thiefAndVictim(stage: Stage, afterFirst?: () => Promise<void>): Promise<void> {
  const { recorder, database, cluster } = stage;
  const { device: victim } = await register(stage);
  await victim.refresh(1);
  const { userId, sessionId, jar } = victim;
  const thief = new Device(stage, userId, sessionId, jar);
  const presentations: { by: 'thief' | 'victim'; served: boolean }[] = [];
  recorder.thefts.push({ sessionId, presentations });
  for (let turn = 0; turn < 6; turn++) {
    const by = turn % 2 === 0 ? 'thief' : 'victim';
    await database.age(sessionId, PAST_WINDOW);
    const { outcome } = await (by === 'thief' ? thief : victim).refresh(
      turn % cluster.instances.length,
      PATIENCE,
    );
    presentations.push({ by, served: outcome === 'ACCEPTED' });
    if (outcome !== 'ACCEPTED') return;
    if (turn === 0) await afterFirst?.();
  }
}

/** The password was right when it was checked; the session is about to be written when it is changed. */
async function loginBesideChange(stage: Stage): Promise<void> {
  const { cluster } = stage;
  const { device, credentials } = await register(stage);
  const held = cluster.instance(0).database.hold((packet) => packet.includes('INSERT INTO `sessions`'));
  const login = logIn(stage, 0, credentials, PATIENCE);
  await caught(held);
  const currentPassword = credentials.password;
  const passwords = { currentPassword, newPassword: `${currentPassword}, the next one` };
  const change = changePassword(stage, 1, device, passwords, PATIENCE);
  await overtaken([change]);
  held.release();
  const [{ device: begun }] = await Promise.all([login, change]);
  await sleep(BOUND + 50);
  if (begun === undefined) return;
  await everywhere(stage, [begun.newest]);
  await begun.refresh(1);
}

/** One revocation is about to commit when another one, begun later, would. */
async function lateCommitter(stage: Stage): Promise<void> {
  const { cluster } = stage;
  const [late, early] = [(await register(stage)).device, (await register(stage)).device];
  await everywhere(stage, [late.newest, early.newest]);
  const held = cluster.instance(0).database.hold((packet) => /^.{5}COMMIT$/s.test(packet.toString('latin1')));
  const ending = [logOut(stage, 0, late, PATIENCE)];
  await caught(held);
  ending.push(logOut(stage, 1, early, PATIENCE));
  await overtaken(ending.slice(1));
  // The others read what there is.
  await sleep(OVERTAKING);
  held.release();
  await Promise.all(ending);
  await sleep(BOUND + 50);
  await everywhere(stage, [late.newest, early.newest]);
}

/** The next instance finds it done, says so, and must know it from then on; mostly before it has read of it. */
async function doneTwice(stage: Stage): Promise<void> {
  let asked = 0;
  const admin = await Admin.of(stage, stage.database, () => asked);
  const acts: ((device: Device) => Promise<unknown>)[] = [
    (device) => logOut(stage, asked, device, PATIENCE),
    ({ userId }) => admin.setRoles(userId, ['USER', 'ADMIN'], true),
    ({ userId }) => admin.setStatus(userId, 'SUSPENDED'),
  ];
  for (const act of [...acts, ...acts, ...acts]) {
    const { device } = await register(stage);
    await everywhere(stage, [device.newest]);
    for (asked = 0; asked < stage.cluster.instances.length; asked++) {
      await act(device);
      await probe(stage, asked, device.newest, PATIENCE);
    }
    asked = 0;
  }
}

/** What the instance knows is as old as it may be, and its clock says that it is new. */
async function clockSetBack(stage: Stage): Promise<void> {
  const { cluster } = stage;
  const { device } = await register(stage);
  await everywhere(stage, [device.newest]);
  const cutOff = cluster.last;
  await cutOff.database.cut();
  cutOff.setClock(-5 * 60_000);
  await logOut(stage, 0, device, PATIENCE);
  await sleep(BOUND + 50);
  await everywhere(stage, [device.newest]);
  await cutOff.database.mend();
  cutOff.setClock(0);
}

/** An instance that hears nothing from Redis hears of a revocation all the same. */
export async function silentRedis(stage: Stage): Promise<void> {
  const { cluster } = stage;
  const { device } = await register(stage);
  await everywhere(stage, [device.newest]);
  const redis: Cable | undefined = cluster.last.redis;
  redis?.jam();
  await logOut(stage, 0, device, PATIENCE);
  await sleep(BOUND + 50);
  await everywhere(stage, [device.newest]);
  await redis?.mend();
}

async function everywhere(stage: Stage, tokens: readonly Issued[]): Promise<void> {
  for (const token of tokens)
    for (const instance of stage.cluster.instances.keys()) await probe(stage, instance, token, PATIENCE);
}

/** The packet may never come, where somebody else was first. */
async function caught(held: Held): Promise<void> {
  await Promise.race([held.caught, sleep(2_000)]);
}

async function overtaken(others: readonly Promise<unknown>[]): Promise<void> {
  await Promise.race([Promise.all(others), sleep(OVERTAKING)]);
}
