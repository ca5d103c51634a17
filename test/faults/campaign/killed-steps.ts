import type { Held } from './cable.ts';
import { type Credentials, type Device, logIn, logOut, probe, register } from './clients.ts';
import type { Play, Stage } from './scenes.ts';

/** Milliseconds that a client waits whose request stands still at a step. */
const PATIENCE = 10_000;

/** More than any of the requests has: packets to the database and back. */
const MOST_STEPS = 80;

interface Subjects {
  readonly refreshes: Device;
  readonly leaves: Device;
  readonly arrives: Credentials;
}

/**
 * A refresh, a logout and a login of three users stand still at their n-th packet, before it has reached the database or
 * before its answer has come back, and their server is killed; for every n until all three are through (SECURITY I1). Then
 * each is tried again, elsewhere: what is left must be all of it or nothing, which the promises say of the whole history.
 *
 * @param from the first step, from 1
 * @param every how many steps lie between two that are tried
 */
export function killAtSteps(from: number, every: number): Play {
  return async (stage) => {
    for (let step = from; step < MOST_STEPS; step += every) if (!(await killAt(step, stage))) return;
    throw new Error('A request has more steps than were thought of.');
  };
}

/** @returns whether any of them stood still */
async function killAt(step: number, stage: Stage): Promise<boolean> {
  const killed = stage.cluster.instance(0);
  const subjects = await introduce(stage);
  const requests = [
    () => subjects.refreshes.refresh(0, PATIENCE),
    () => logOut(stage, 0, subjects.leaves, PATIENCE),
    () => logIn(stage, 0, subjects.arrives, PATIENCE),
  ];
  let stoodStill = false;
  const underWay: Promise<unknown>[] = [];
  const holds: Held[] = [];
  for (const request of requests) {
    let packets = 0;
    const held = killed.database.hold(() => {
      packets += 1;
      return packets === step;
    });
    holds.push(held);
    const answered = request();
    underWay.push(answered);
    await Promise.race([answered, held.caught]);
    stoodStill ||= held.isCaught();
  }
  await killed.kill();
  for (const held of holds) held.release();
  await Promise.all([...underWay, killed.start()]);
  await tryAgain(stage, subjects);
  return stoodStill;
}

async function introduce(stage: Stage): Promise<Subjects> {
  const refreshes = (await register(stage, 1)).device;
  const leaves = (await register(stage, 1)).device;
  const arrives = (await register(stage, 1)).credentials;
  return { refreshes, leaves, arrives };
}

async function tryAgain(stage: Stage, { refreshes, leaves, arrives }: Subjects): Promise<void> {
  const outcomes = [
    (await refreshes.refresh(1, PATIENCE)).outcome,
    (await probe(stage, 1, refreshes.newest, PATIENCE)).outcome,
    (await logOut(stage, 1, leaves, PATIENCE)).outcome,
    (await logIn(stage, 1, arrives, PATIENCE)).outcome,
  ];
  if (outcomes.some((outcome) => outcome !== 'ACCEPTED'))
    throw new Error(`A retry failed: ${outcomes.join()}`);
  for (const instance of stage.cluster.instances.keys())
    await probe(stage, instance, leaves.newest, PATIENCE);
}
