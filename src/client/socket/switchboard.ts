import { asRefusal, PortcullisError } from '../portcullis-error.ts';
import type { ClientState, PortcullisClient } from '../types.ts';
import { type Closing, isFatal, sessionEnded, TERMINATED, unauthenticated } from './closing.ts';
import { Line, type LineOptions } from './line.ts';
import type { Carrier, Operation } from './operation.ts';
import { Overlap, SKEW_MS } from './overlap.ts';
import { Pause } from './pause.ts';

/** Milliseconds that a connection goes on after another one took over, whose subscriptions may take a moment to begin. */
const HANDOVER_MS = 3_000;

/** Milliseconds after which an operation is asked for again that the server could not confirm. */
const RETRY_MS = 2_000;

/** Milliseconds after which the loss of a connection says nothing against the next one. */
const STEADY_MS = 10_000;

export type TokenSource = Pick<PortcullisClient, 'state' | 'subscribe' | 'send' | 'extend' | 'heldToken'>;

export interface SwitchboardOptions extends Pick<LineOptions, 'url' | 'webSocketImpl' | 'emit'> {
  /** Lets a token run out, and waits for the next one. */
  readonly isPassive: boolean;
}

/** A connection, whatever has become of it by now, or the refusal of its token; undefined: nobody wants one any more. */
type Outcome = Line | PortcullisError | undefined;

/** Puts operations on connections: from an old token to the new one, and again after a loss, while the session lives. */
export class Switchboard implements Carrier {
  readonly #operations = new Set<Operation>();
  /** What carries them; what did, and may still bring more than its successor; what is being opened. */
  #line: Line | undefined;
  #former: Line | undefined;
  #next: Line | undefined;
  #opening: Promise<void> | undefined;
  /** The last word of the server against a token. */
  #refused: { readonly token: string; readonly refusal: PortcullisError } | undefined;
  /** That the session is over is being told. */
  #telling: Promise<void> | undefined;
  /** The client's token, when it last told of a change. */
  #held: string | undefined;
  /** They were carried before, and may have missed something since. */
  #hasGap = false;
  #handover: ReturnType<typeof setTimeout> | undefined;
  readonly #pause = new Pause(() => this.#look());
  readonly #unsubscribe: () => void;
  #isDisposed = false;

  constructor(
    private readonly client: TokenSource,
    private readonly options: SwitchboardOptions,
  ) {
    this.#unsubscribe = client.subscribe(() => this.#follow());
  }

  add(operation: Operation): void {
    const { status, user } = this.client.state;
    this.#operations.add(operation);
    operation.owner = user?.id;
    if (this.#isDisposed) queueMicrotask(() => operation.complete());
    else if (status === 'signedOut') queueMicrotask(() => operation.fail(unauthenticated('MISSING')));
    else this.#carry(operation);
  }

  #carry(operation: Operation): void {
    for (const line of [this.#line, this.#next])
      if (line && line.userId === operation.owner) operation.attach(line);
    this.#look();
  }

  /** Of an operation that is over. */
  remove(operation: Operation): void {
    this.#operations.delete(operation);
    if (this.#operations.size > 0) return;
    this.#line = undefined;
    this.#hasGap = false;
  }

  carryLater(operation: Operation): void {
    const carry = () => this.#line && operation.attach(this.#line);
    setTimeout(carry, RETRY_MS * (0.5 + Math.random() / 2));
  }

  /** Ends every connection, as a network does that fails. */
  terminate(): void {
    for (const line of [this.#former, this.#next, this.#line]) line?.end(TERMINATED);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#unsubscribe();
    this.#pause.stop();
    clearTimeout(this.#handover);
    this.#each((operation) => operation.complete());
  }

  /** Who is signed in has changed, or the token. */
  #follow(): void {
    const { state } = this.client;
    this.#each((operation) => endFor(operation, state));
    const held = this.client.heldToken();
    if (held !== this.#held) this.#pause.end();
    this.#held = held;
    this.#look();
  }

  #look(): void {
    if (this.#opening || this.#pause.isOn || !this.#isWanting()) return;
    this.#opening = this.#open()
      .then((outcome) => this.#judge(outcome))
      .catch((error) => this.#pause.begin(asRefusal(error).retryAfter))
      .finally(() => {
        this.#opening = undefined;
        this.#next = undefined;
        this.#look();
      });
  }

  #isWanting(): boolean {
    const held = this.client.heldToken();
    if (this.#operations.size === 0) return false;
    if (this.#line) return held !== undefined && held !== this.#line.token;
    return !this.options.isPassive || (held !== undefined && held !== this.#refused?.token);
  }

  /** With the client's help: a token that is good for now, and after a refusal a newer one, once. */
  async #open(): Promise<Outcome> {
    await this.#telling;
    const attempt = (token: string | undefined) => this.#attempt(token);
    if (this.options.isPassive) return attempt(this.client.heldToken());
    return this.client.send(attempt, (outcome) => (outcome instanceof Line ? undefined : outcome));
  }

  async #attempt(token: string | undefined): Promise<Outcome> {
    if (this.#operations.size === 0) return undefined;
    if (token === undefined) return unauthenticated('MISSING');
    if (token === this.#refused?.token) return this.#refused.refusal;
    const line = new Line({
      ...this.options,
      token,
      userId: this.client.state.user?.id,
      onServed: () => this.#serve(line),
      onOver: () => this.#lose(line),
    });
    this.#next = line;
    this.#each((operation) => operation.attach(line));
    await line.opened;
    const { refusal } = line;
    if (refusal) this.#refused = { token, refusal };
    return refusal ?? line;
  }

  /** @returns whether something may have been missed before */
  #serve(line: Line): boolean {
    const hadGap = this.#hasGap;
    const former = this.#line;
    this.#hasGap = false;
    this.#refused = undefined;
    this.#line = line;
    if (former) this.#handOver(former);
    this.#each((operation) => operation.attach(line));
    return hadGap;
  }

  #handOver(former: Line): void {
    this.#retire();
    this.#former = former;
    this.#each((operation) => {
      operation.overlap = new Overlap();
    });
    clearTimeout(this.#handover);
    this.#handover = setTimeout(() => {
      this.#retire();
      this.#handover = setTimeout(() => this.#endOverlap(), SKEW_MS);
    }, HANDOVER_MS);
  }

  #retire(): void {
    const former = this.#former;
    this.#former = undefined;
    if (former) this.#each((operation) => operation.leave(former));
  }

  #endOverlap(): void {
    this.#each((operation) => {
      operation.overlap = undefined;
    });
  }

  #lose(line: Line): void {
    const { refusal, token } = line;
    if (refusal?.reason === 'SESSION_ENDED') this.#telling = this.#tellEnd(refusal, token);
    this.#each((operation) => operation.lose(line));
    const isCarrying = line === this.#line;
    if (isCarrying) this.#line = this.#former;
    if (isCarrying || line === this.#former) this.#former = undefined;
    if (isCarrying && !this.#line) this.#interrupt(line);
    const rest = this.#line;
    if (rest) this.#each((operation) => operation.attach(rest));
    this.#look();
  }

  /**
   * To the client, and so to all tabs; no question to the server, which has said it. A logout may be that of a login in
   * this browser, which is under way: that is waited for. If a newer token is held, it is refused too, and told of then.
   */
  async #tellEnd(refusal: PortcullisError, refused: string): Promise<void> {
    const attempt = async (token: string | undefined) => (token === refused ? refusal : undefined);
    const isLogout = refusal.endReason === 'LOGOUT';
    const told = isLogout ? this.client.extend() : this.client.send(attempt, (outcome) => outcome);
    await told.catch(() => undefined);
  }

  /** Nothing carries the operations any more. */
  #interrupt({ token, refusal, closing, servedAt = 0 }: Line): void {
    if (this.#operations.size === 0) return;
    this.#hasGap = true;
    if (performance.now() - servedAt > STEADY_MS) this.#pause.reset();
    if (refusal) this.#refused = { token, refusal };
    if (refusal) this.#pause.beginUnlessFirst();
    else if (closing) this.#fail(closing);
  }

  /** What came of an attempt. */
  #judge(outcome: Outcome): void {
    if (outcome instanceof PortcullisError) this.#judgeRefusal(outcome);
    else if (outcome?.closing && outcome.servedAt === undefined) this.#fail(outcome.closing);
  }

  #judgeRefusal(refusal: PortcullisError): void {
    if (this.#line || refusal.reason === 'SESSION_ENDED') this.#pause.begin();
    else if (!this.options.isPassive) this.#each((operation) => operation.fail(refusal));
  }

  #fail(closing: Closing): void {
    if (isFatal(closing) && !this.#line) this.#each((operation) => operation.fail(closing));
    else this.#pause.begin();
  }

  /** A copy: operations end meanwhile, and begin. */
  #each(task: (operation: Operation) => void): void {
    for (const operation of [...this.#operations]) task(operation);
  }
}

/** Nothing that somebody asked for goes on for nobody, or for somebody else. */
function endFor(operation: Operation, { status, user, endReason, endedAt }: ClientState): void {
  const { owner } = operation;
  const isOther = user !== undefined && owner !== undefined && owner !== user.id;
  if (status === 'signedOut' && endReason) operation.fail(sessionEnded({ endReason, endedAt }));
  else if (status === 'signedOut' && owner === undefined) operation.fail(unauthenticated('MISSING'));
  else if (status === 'signedOut' || isOther) operation.complete();
}
