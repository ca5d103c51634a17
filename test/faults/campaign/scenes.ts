import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../../support/databases.ts';
import { takeSessionUpdates } from '../../support/session-updates.ts';
import { until } from '../../support/until.ts';
import { Admin } from './admin.ts';
import type { Cable } from './cable.ts';
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
  await Promise.race([held.caught, first]);
  const others = Array.from({ length: 12 }, (_, turn) =>
    device.refresh(turn % cluster.instances.length, PATIENCE),
  );
  await overtaken(database, others);
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
  const { cluster, database } = stage;
  const { device, credentials } = await register(stage);
  const held = cluster.instance(0).database.hold((packet) => packet.includes('INSERT INTO `sessions`'));
  const login = logIn(stage, 0, credentials, PATIENCE);
  await Promise.race([held.caught, login]);
  const currentPassword = credentials.password;
  const passwords = { currentPassword, newPassword: `${currentPassword}, the next one` };
  const change = changePassword(stage, 1, device, passwords, PATIENCE);
  await overtaken(database, [change]);
  held.release();
  const [{ device: begun }] = await Promise.all([login, change]);
  await sleep(BOUND + 50);
  if (begun === undefined) return;
  await everywhere(stage, [begun.newest]);
  await begun.refresh(1);
}

/** One revocation is about to commit when another one, begun later, would. */
async function lateCommitter(stage: Stage): Promise<void> {
  const { cluster, database } = stage;
  const [late, early] = [(await register(stage)).device, (await register(stage)).device];
  await everywhere(stage, [late.newest, early.newest]);
  const held = cluster.instance(0).database.hold(commitOfRevocation());
  const first = logOut(stage, 0, late, PATIENCE);
  await Promise.race([held.caught, first]);
  // By the same instance, so that the others know of it only once they have read the feed past it.
  const second = logOut(stage, 0, early, PATIENCE);
  if (await overtaken(database, [second])) await readEverywhere(stage, early.newest);
  held.release();
  await Promise.all([first, second]);
  await sleep(BOUND + 50);
  await everywhere(stage, [late.newest, early.newest]);
}

/** An instance commits other things too, such as its counts of every few seconds. */
function commitOfRevocation(): (packet: Buffer) => boolean {
  let isWritten = false;
  return (packet) => {
    isWritten ||= packet.includes('INSERT INTO `revocation_feed`');
    return isWritten && /^.{5}COMMIT$/s.test(packet.toString('latin1'));
  };
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

/** What was overtaken is not known yet, but what overtook it is: the feed was read past it. */
async function readEverywhere(stage: Stage, token: Issued): Promise<void> {
  for (const instance of stage.cluster.instances.keys())
    await until(async () => (await probe(stage, instance, token, PATIENCE)).outcome === 'SESSION_ENDED');
}

/** Transactions in this database that wait for a lock. */
const WAITING = `SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx t
  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
  WHERE p.db = DATABASE() AND t.trx_state = 'LOCK WAIT'`;

/** @returns whether all of them came past a packet that is kept back, and none has to wait for its locks */
async function overtaken(database: TestDatabase, others: readonly Promise<unknown>[]): Promise<boolean> {
  let areDone = false;
  const done = Promise.all(others).then(() => {
    areDone = true;
  });
  const wait = async () => areDone || Number((await database.query(WAITING))[0]?.['waiting']) > 0;
  await Promise.race([done, until(wait)]);
  return areDone;
}
