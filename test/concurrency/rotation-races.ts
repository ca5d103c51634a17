import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, cookiePair, LOGIN, login, REFRESH, refreshWith, send } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { instance } from '../support/instances.ts';
import { sessionRow } from '../support/rows.ts';
import { type SessionUpdate, takeSessionUpdates } from '../support/session-updates.ts';

/** REFRESH_GRACE is 30 s. */
const PAST_WINDOW = 31_000;

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** What a scenario runs against; its violations are texts, none of them where all is well. */
export interface Scene {
  readonly urls: readonly string[];
  readonly database: TestDatabase;
  readonly account: Account;
}

function kinds(updates: readonly SessionUpdate[]): string {
  return updates.map(({ kind, afterEnd }) => (afterEnd ? `${kind} after its end` : kind)).join(', ');
}

function refusals(answers: readonly Answer[]): string[] {
  return answers.flatMap(({ refusal }) =>
    refusal === undefined ? [] : [`refused: ${JSON.stringify(refusal)}`],
  );
}

/**
 * So many clients present the same token at once, at all instances. Whatever the order, it is exchanged once and all get
 * the same successor. The rule is deterministic, so that even racers without a lock would hand out the same text: that
 * there was one rotation is counted where it is written.
 */
async function sameTokenAtOnce(
  { urls, database }: Scene,
  sessionId: string,
  refreshToken: string,
  clients: number,
): Promise<{ violations: string[]; successor: string }> {
  await takeSessionUpdates(database, sessionId);
  const answers = await Promise.all(
    Array.from({ length: clients }, (_, turn) => refreshWith(instance(urls, turn), refreshToken)),
  );
  const successors = [...new Set(answers.flatMap((answer) => answer.data?.refresh?.refreshToken ?? []))];
  const written = kinds(await takeSessionUpdates(database, sessionId));
  const violations = refusals(answers);
  if (successors.length !== 1) violations.push(`${successors.length} different successors`);
  if (written !== 'rotated') violations.push(`instead of one rotation: ${written}`);
  return { violations, successor: successors[0] ?? refreshToken };
}

/** The whole of C1: rotation after rotation of one session, each of them raced for. */
export async function sameTokenRounds(scene: Scene, rounds: number, clients: number): Promise<string[]> {
  const { sessionId, refreshToken } = await login(instance(scene.urls, 0), scene.account);
  const violations: string[] = [];
  let token = refreshToken;
  for (let round = 0; round < rounds; round++) {
    const raced = await sameTokenAtOnce(scene, sessionId, token, clients);
    violations.push(...raced.violations);
    token = raced.successor;
    await scene.database.age(sessionId, PAST_WINDOW);
  }
  return violations;
}

/**
 * A thief has the answer that the victim never got. After the window both refresh at the same instant: whoever comes first,
 * the other one is reuse, and the session ends for both.
 */
export async function thiefBesideVictim({ urls, database, account }: Scene): Promise<string[]> {
  const victim = await login(instance(urls, 0), account);
  const intercepted = await refreshWith(instance(urls, 0), victim.refreshToken);
  await database.age(victim.sessionId, PAST_WINDOW);
  const answers = await Promise.all([
    refreshWith(instance(urls, 0), victim.refreshToken),
    refreshWith(instance(urls, 1), intercepted.data.refresh.refreshToken),
  ]);
  const served = answers.filter(({ errors }) => errors === undefined).length;
  const { end_reason: endReason } = await sessionRow(database, victim.sessionId);
  const violations = served === 1 ? [] : [`${served} of both were served`];
  if (endReason !== 'REFRESH_TOKEN_REUSE') violations.push(`the session ended by ${String(endReason)}`);
  return violations;
}

/** A browser's jar, shared by all its tabs: each request carries what the jar holds when it is sent. */
class Jar {
  constructor(
    private readonly urls: readonly string[],
    private cookie: string,
  ) {}

  async refresh(turn: number): Promise<Answer> {
    const answer = await send(instance(this.urls, turn), REFRESH, {}, { cookie: this.cookie });
    const [set] = answer.setCookies;
    if (set !== undefined) this.cookie = cookiePair(set);
    return answer;
  }
}

/** A browser restores twenty tabs: every one refreshes, some twice, and the answers overtake one another. */
export async function twentyTabs({ urls, database, account }: Scene, waves: number): Promise<string[]> {
  const { email, password } = account;
  const signedIn = await send(instance(urls, 0), LOGIN, { input: { email, password } });
  const { id } = signedIn.data.login.session;
  const jar = new Jar(urls, cookiePair(signedIn.setCookies[0]));
  const violations: string[] = [];
  for (let wave = 0; wave < waves; wave++) {
    await takeSessionUpdates(database, id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, tab) => {
        await sleep(Math.random() * 20);
        const first = await jar.refresh(tab);
        return tab % 2 === 0 ? [first] : [first, await jar.refresh(tab + 1)];
      }),
    );
    violations.push(...refusals(answers.flat()));
    const rotations = (await takeSessionUpdates(database, id)).filter(({ kind }) => kind === 'rotated');
    if (rotations.length !== 1) violations.push(`${rotations.length} rotations in one window`);
    await database.age(id, PAST_WINDOW);
  }
  return violations;
}
