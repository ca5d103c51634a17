import { bearer, ME, refreshWith, registerUser, send, type Tokens, tokensOf } from '../client.ts';
import type { TestDatabase } from '../databases.ts';
import { testEnvironment } from '../server.ts';
import { Cast } from './cast.ts';
import { exchangeBytes } from './connection.ts';
import { count, judgeEffects, type Outcome, stateOf } from './effects.ts';
import { type HttpAnswer, headerOf, parseAnswers } from './http-answers.ts';
import { judgeAccess } from './judge-access.ts';
import { judgeAnswer, type Surroundings } from './judge-answer.ts';
import { type FuzzRequest, resolved, sentDocument, wireBytes } from './request.ts';
import { executed } from './root-fields.ts';
import { Served } from './served.ts';

/** The server takes no longer head, and a sender who is still writing may not come to read that. */
const LONGEST_HEAD = 16_000;
/** After so many checks the honest client uses its session, instead of only having it. */
const USE_EVERY = 25;
/** Requests that are sent at once where memory is measured. */
const SENDERS = 4;

interface Running {
  readonly served: Served;
  readonly cast: Cast;
  /** The session of an honest client, of which no request knows, and all that the database holds of it. */
  control: { tokens: Tokens; state: string };
}

/** A server under fire, with everything that must hold of it whatever comes. */
export class FuzzedServer {
  /** Names of the root fields that ran to their end. */
  readonly ran = new Set<string>();
  #running: Running | undefined;
  #checks = 0;

  constructor(
    private readonly database: TestDatabase,
    private readonly env: NodeJS.ProcessEnv,
    private readonly around: Surroundings,
  ) {}

  /** Requests that come at once, each on a connection of its own: what is answered, and what they did together. */
  async check(...templates: readonly FuzzRequest[]): Promise<void> {
    const running = await this.#ready();
    const requests = templates.map((template) => resolved(template, running.cast.resolve));
    const before = await count(this.database);
    const outcomes = await Promise.all(requests.map((request) => this.#outcome(running, request)));
    judgeEffects(before, await count(this.database), outcomes);
    await this.#judgeServer(running, outcomes);
    // It may have taken the key away from every access token there is; sessions live on, and clients refresh.
    if (ranIn(outcomes, 'rotateSigningKey')) {
      running.cast.dismiss();
      running.control = await this.#refreshed(running.served.url, running.control.tokens);
    }
  }

  /** Bytes on a connection, whole or not: what comes back must be answers, and nothing changes. */
  async checkBytes(template: string): Promise<void> {
    const running = await this.#ready();
    const { served, cast } = running;
    const before = await count(this.database);
    const { bytes } = await exchangeBytes(served.port, cast.resolve(template), true);
    for (const answer of parseAnswers(bytes, 'GET')) judgeAnswer(answer, this.around);
    judgeEffects(before, await count(this.database), []);
    await this.#judgeServer(running, []);
  }

  /** Bytes that the server has in use after so many rounds of these requests, sent a few at a time. */
  async memoryAfter(templates: readonly FuzzRequest[], rounds: number): Promise<number> {
    for (let round = 0; round < rounds; round++) await this.#sendAll(templates);
    return (await this.#ready()).served.memory();
  }

  async #sendAll(templates: readonly FuzzRequest[]): Promise<void> {
    const { served, cast } = await this.#ready();
    const wires = templates.map((template) => wireBytes(resolved(template, cast.resolve)));
    const send = async () => {
      for (let wire = wires.pop(); wire !== undefined; wire = wires.pop())
        await exchangeBytes(served.port, wire);
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
  }

  /** Ends the server in order, if it ever ran: its exit status, and what its log held meanwhile that it must not. */
  async stop(): Promise<{ status: number | null; faults: readonly string[] } | undefined> {
    if (this.#running === undefined) return undefined;
    const { served } = this.#running;
    return { status: await served.stop(), faults: served.faults };
  }

  async #outcome({ served, cast }: Running, request: FuzzRequest): Promise<Outcome> {
    const wire = wireBytes(request);
    const { bytes, end } = await exchangeBytes(served.port, wire);
    const [answer, ...more] = parseAnswers(bytes, request.method);
    if (answer === undefined) {
      if (wire.indexOf('\r\n\r\n') > LONGEST_HEAD) return { body: undefined, executed: [] };
      throw new Error(`The connection was ${end} without an answer.`);
    }
    if (more.length > 0) throw new Error(`${more.length + 1} answers to one request.`);
    return this.#judge(cast, request, answer);
  }

  #judge(cast: Cast, request: FuzzRequest, answer: HttpAnswer): Outcome {
    const body = judgeAnswer(answer, this.around);
    const ran = body !== undefined && 'data' in body ? executed(sentDocument(request), body) : [];
    judgeAccess(cast, request, body, ran);
    for (const { name } of ran) this.ran.add(name);
    return { body, executed: ran };
  }

  /** That it lives, answers others, left the honest client alone, and logged nothing but well-formed lines of no alarm. */
  async #judgeServer(running: Running, outcomes: readonly Outcome[]): Promise<void> {
    const { served } = running;
    const wire = wireBytes({ method: 'GET', target: '/livez', headers: [] });
    const [alive] = parseAnswers((await exchangeBytes(served.port, wire)).bytes, 'GET');
    if (alive?.status !== 200) throw new Error('The server does not answer any more.');
    await served.logged(headerOf(alive, 'x-request-id') ?? '');
    await this.#judgeControl(running, outcomes);
    const faults = served.faults.splice(0);
    if (faults.length > 0) throw new Error(`In the log: ${faults.join('\n')}`);
  }

  async #judgeControl(running: Running, outcomes: readonly Outcome[]): Promise<void> {
    const { served, control } = running;
    const state = await stateOf(this.database, control.tokens.sessionId);
    if (state !== control.state) {
      running.control = await this.#newControl(served.url);
      // An admin may end the sessions of everybody, by what they have in common.
      if (!ranIn(outcomes, 'revokeSessions'))
        throw new Error(`The honest client: ${control.state} became ${state}.`);
    } else {
      this.#checks += 1;
      if (this.#checks % USE_EVERY === 0 && !ranIn(outcomes, 'rotateSigningKey'))
        running.control = await this.#use(served.url, control.tokens);
    }
  }

  async #use(url: string, tokens: Tokens): Promise<Running['control']> {
    const me = await send(url, ME, {}, bearer(tokens.accessToken));
    if (me.data?.me?.id !== tokens.userId) throw new Error(`The honest client was answered: ${me.text}`);
    return this.#refreshed(url, tokens);
  }

  async #refreshed(url: string, { refreshToken }: Tokens): Promise<Running['control']> {
    const tokens = tokensOf(await refreshWith(url, refreshToken), 'refresh');
    return { tokens, state: await stateOf(this.database, tokens.sessionId) };
  }

  async #newControl(url: string): Promise<Running['control']> {
    const tokens = await registerUser(url);
    return { tokens, state: await stateOf(this.database, tokens.sessionId) };
  }

  /** Started at first, and again once it has died, so that what killed it can be made smaller. */
  async #ready(): Promise<Running> {
    if (this.#running?.served.alive !== true) {
      const served = await Served.start(testEnvironment(this.database, this.env));
      const cast = new Cast({ ...this.around, url: served.url }, this.database);
      this.#running = { served, cast, control: await this.#newControl(served.url) };
      await cast.assemble();
    }
    await this.#running.cast.mend();
    return this.#running;
  }
}

function ranIn(outcomes: readonly Outcome[], field: string): boolean {
  return outcomes.some((each) => each.executed.some(({ name }) => name === field));
}
