import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { PUBLICATION_LEAD } from '../../src/keys/key-state.ts';
import { bearer, login, ME, refreshWith, send, type Tokens, tokensOf } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { instance } from '../support/instances.ts';
import { ageKeys, ROTATE_KEY } from '../support/keys.ts';
import type { Account } from './rotation-races.ts';

export interface Scene {
  readonly urls: readonly string[];
  readonly database: TestDatabase;
  readonly account: Account;
}

/** What one request of a client came to. */
interface Probe {
  readonly kid: string;
  /** Instance that was asked. */
  readonly at: number;
  /** `performance.now()` before it was sent. */
  readonly sentAt: number;
  /** `ok`, or what was said. */
  readonly outcome: string;
}

/** Clients that ask all instances in turn with the token they have, and get a new one now and then, as all of them do. */
class Clients {
  readonly probes: Probe[] = [];
  /** Signing keys by the instance that issued with them. */
  readonly issued = new Set<string>();
  /** A session that could not be continued. */
  readonly signedOut: string[] = [];
  #stopped = false;
  readonly #running: Promise<unknown>;

  constructor(
    private readonly scene: Scene,
    count: number,
  ) {
    this.#running = Promise.all(Array.from({ length: count }, (_, index) => this.#run(index)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async until(condition: () => boolean): Promise<void> {
    for (const end = Date.now() + 30_000; !condition(); await sleep(20)) {
      if (Date.now() > end) throw new Error('What was waited for did not come.');
    }
  }

  async #run(client: number): Promise<void> {
    const { urls, account } = this.scene;
    let tokens = await login(instance(urls, client), account);
    for (let turn = client; !this.#stopped; turn++) {
      const probe = await this.#ask(tokens, turn);
      if (probe.outcome !== 'ok' || turn % 4 === 0) tokens = await this.#renew(tokens, turn + 1);
    }
  }

  async #ask({ accessToken }: Tokens, turn: number): Promise<Probe> {
    const { urls } = this.scene;
    const sentAt = performance.now();
    const { refusal } = await send(instance(urls, turn), ME, {}, bearer(accessToken));
    const outcome = refusal === undefined ? 'ok' : String(refusal['reason'] ?? refusal['code']);
    const probe = { kid: kidOf(accessToken), at: turn % urls.length, sentAt, outcome };
    this.probes.push(probe);
    return probe;
  }

  async #renew(tokens: Tokens, turn: number): Promise<Tokens> {
    const { urls } = this.scene;
    const answer = await refreshWith(instance(urls, turn), tokens.refreshToken);
    if (answer.errors !== undefined) this.signedOut.push(answer.text);
    const renewed = tokensOf(answer, 'refresh');
    this.issued.add(`${turn % urls.length} ${kidOf(renewed.accessToken)}`);
    return renewed;
  }
}

const CLIENTS = 9;

function kidOf(accessToken: string): string {
  return String(decodeProtectedHeader(accessToken).kid);
}

export async function rotateAt(url: string, revokePrevious: boolean): Promise<{ id: string; state: string }> {
  const admin = await login(url);
  const answer = await send(url, ROTATE_KEY, { revokePrevious }, bearer(admin.accessToken));
  if (answer.errors !== undefined) throw new Error(`rotateSigningKey was refused: ${answer.text}`);
  return answer.data.rotateSigningKey;
}

/** A routine rotation while clients go on: what any of them was refused. */
export async function refusedInRotation(scene: Scene): Promise<string[]> {
  const { urls, database } = scene;
  const clients = new Clients(scene, CLIENTS);
  const everywhere = (kid: string) => urls.every((_, at) => clients.issued.has(`${at} ${kid}`));
  try {
    const { id } = await rotateAt(instance(urls, 1), false);
    await ageKeys(database, PUBLICATION_LEAD - 1_000);
    await clients.until(() => everywhere(id));
    const seen = clients.probes.length;
    await clients.until(() => clients.probes.length > seen + 100);
  } finally {
    await clients.stop();
  }
  const refused = clients.probes.filter(({ outcome }) => outcome !== 'ok');
  return [...refused.map(({ outcome, at }) => `${outcome} at ${at}`), ...clients.signedOut];
}

/** An emergency while clients go on: whatever was not as it must be. */
export async function faultsInEmergency(scene: Scene): Promise<string[]> {
  const { urls } = scene;
  const clients = new Clients(scene, CLIENTS);
  const everywhere = (kid: string) => urls.every((_, at) => clients.issued.has(`${at} ${kid}`));
  const faults: string[] = [];
  try {
    await clients.until(() => clients.probes.length > 50);
    // Tokens that every instance has verified and remembers.
    const old = await Promise.all(urls.map((url) => login(url, scene.account)));
    const askAll = (at: string) =>
      Promise.all(old.map(({ accessToken }) => send(at, ME, {}, bearer(accessToken))));
    for (const url of urls) await askAll(url);
    const { id } = await rotateAt(instance(urls, 2), true);
    const acknowledged = performance.now();
    for (const answers of await Promise.all(urls.map(askAll)))
      for (const { refusal, text } of answers)
        if (refusal?.['reason'] !== 'STALE') faults.push(`a token of before: ${text}`);
    await clients.until(() => everywhere(id));
    const after = ({ sentAt }: Probe) => sentAt > acknowledged;
    for (const { kid, outcome, at } of clients.probes.filter(after))
      if (outcome !== (kid === id ? 'ok' : 'STALE')) faults.push(`${outcome} at ${at}`);
    for (const { outcome } of clients.probes.filter((probe) => !after(probe)))
      if (outcome !== 'ok' && outcome !== 'STALE') faults.push(`${outcome} before it was acknowledged`);
  } finally {
    await clients.stop();
  }
  return [...faults, ...clients.signedOut];
}

/** Admins at all instances rotate at the same moment: how many keys they made. */
export async function keysMadeAtOnce({ urls, database }: Scene, revokePrevious: boolean): Promise<number> {
  const admins = await Promise.all([...urls, ...urls].map((url) => login(url)));
  const count = async () => (await database.query('SELECT id FROM signing_keys')).length;
  const before = await count();
  const answers = await Promise.all(
    admins.map(({ accessToken }, turn) =>
      send(instance(urls, turn), ROTATE_KEY, { revokePrevious }, bearer(accessToken)),
    ),
  );
  // Of an emergency's admins the later ones may be STALE already.
  const refused = answers.filter(({ refusal }) => refusal !== undefined && refusal['reason'] !== 'STALE');
  if (refused.length > 0) throw new Error(`refused: ${refused[0]?.text}`);
  const ids = answers.flatMap(({ data }) => data?.rotateSigningKey.id ?? []);
  if (!revokePrevious && new Set(ids).size !== 1) throw new Error(`several answers: ${ids.join(' ')}`);
  return (await count()) - before;
}
