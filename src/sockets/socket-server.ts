import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleProtocols, type Server } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketEndpoint } from '../graphql/request.ts';
import type { GuardServices } from '../guard/guard.ts';
import { type ClientAddress, clientAddress } from '../http/client-address.ts';
import type { Exchange } from '../http/exchange.ts';
import { LIMIT_BYTES } from '../http/read-json-body.ts';
import type { UpgradeHandler } from '../http/upgrade.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Logger } from '../log.ts';
import type { KnownRevocation } from '../revocation/revocation.ts';
import type { Settings } from '../settings/settings.ts';
import { STALE } from './close-codes.ts';
import { type HandshakePolicy, judgeHandshake, type SocketFacts } from './handshake.ts';
import { Holders } from './holders.ts';
import { OpenSocket } from './open-socket.ts';
import { createProtocol } from './protocol.ts';
import { speak } from './speak.ts';

/** Milliseconds between two pings; a socket that has not answered one by the next is cut off. */
const PING_INTERVAL = 25_000;

/** Milliseconds that a client has for its part of a closing. */
const CLOSE_TIMEOUT = 2_000;

/** Milliseconds between two looks at whether all sockets are gone. */
const DRAIN_STEP = 10;

/** Milliseconds until keys that could not be read are asked for again. */
const KEYS_PAUSE = 1_000;

const HANDSHAKES = {
  noServer: true,
  clientTracking: false,
  maxPayload: LIMIT_BYTES,
  perMessageDeflate: false,
  // Ours waits for nobody who does not read.
  autoPong: false,
  closeTimeout: CLOSE_TIMEOUT,
  handleProtocols,
};

export interface SocketServerOptions {
  readonly policy: HandshakePolicy & Pick<Settings, 'trustProxy'>;
  readonly endpoint: SocketEndpoint;
  readonly guard: GuardServices;
  readonly keys: Pick<SigningKeys, 'synchronize'>;
  readonly log: Logger;
  /** Told of the code with which a socket was closed. */
  readonly onClosed: (code: number) => void;
  readonly pingInterval?: number;
}

/** What is there now. */
export interface SocketUse {
  readonly sockets: number;
  readonly subscriptions: number;
}

/** All sockets of this instance. */
export class SocketServer implements UpgradeHandler {
  readonly #options: SocketServerOptions;
  readonly #addressOf: ClientAddress;
  readonly #protocol: Server<OpenSocket>;
  readonly #all = new Set<OpenSocket>();
  readonly #holders = new Holders();
  readonly #pings: NodeJS.Timeout;
  #isDraining = false;
  readonly #handshakes = new WebSocketServer(HANDSHAKES);

  constructor(options: SocketServerOptions) {
    this.#options = options;
    this.#addressOf = clientAddress(options.policy.trustProxy);
    this.#protocol = createProtocol({ ...options, holders: this.#holders });
    this.#pings = setInterval(() => this.#beat(), options.pingInterval ?? PING_INTERVAL).unref();
    // Without a listener ws would answer a bad handshake by itself, without our headers.
    this.#handshakes.on('wsClientError', () => undefined);
  }

  get use(): SocketUse {
    let subscriptions = 0;
    for (const socket of this.#all) subscriptions += socket.subscriptions;
    return { sockets: this.#all.size, subscriptions };
  }

  take(exchange: Exchange, connection: Duplex, head: Buffer): void {
    const facts = judgeHandshake(exchange, this.#options.policy, this.#addressOf);
    if (facts === undefined) return;
    let opened = false;
    this.#handshakes.handleUpgrade(exchange.request, connection, head, (ws) => {
      opened = true;
      this.#open(ws, facts, exchange.requestId);
    });
    if (opened || connection.destroyed) return;
    exchange.refuse(400, 'BAD_REQUEST', 'The handshake is not a good one (RFC 6455).', {
      'sec-websocket-version': '13',
    });
  }

  /** What has been revoked ends its sockets, before anything else is sent on them. */
  revoke(revocations: readonly KnownRevocation[]): void {
    this.#holders.revoke(revocations);
    for (const each of revocations) if (each.kind === 'KEYS') void this.#judgeKeys(each.epoch);
  }

  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    clearInterval(this.#pings);
    for (const socket of this.#all) socket.retire();
    const until = performance.now() + graceMs;
    while (this.#all.size > 0 && performance.now() < until) await sleep(DRAIN_STEP);
    for (const socket of this.#all) socket.cutOff();
  }

  #open(ws: WebSocket, facts: SocketFacts, requestId: string): void {
    const { log, onClosed } = this.#options;
    const openedAt = performance.now();
    const socket = new OpenSocket(ws, facts, () => this.#holders.remove(socket));
    this.#all.add(socket);
    log.debug({ requestId }, 'socket opened');
    speak(ws, socket, this.#protocol, log);
    ws.on('close', (code) => {
      this.#all.delete(socket);
      onClosed(code);
      // What the other side gives as its reason may be anything, a token too.
      log.debug({ requestId, code, durationMs: Math.round(performance.now() - openedAt) }, 'socket closed');
    });
  }

  #beat(): void {
    for (const socket of this.#all) socket.beat();
  }

  /** The keys of that epoch have to be known first; a database that is away does not keep revoked ones alive for ever. */
  async #judgeKeys(epoch: number): Promise<void> {
    const { keys } = this.#options;
    for (;;) {
      if (this.#isDraining) return;
      const isKnown = await keys.synchronize(epoch).then(
        () => true,
        () => false,
      );
      if (isKnown) break;
      await sleep(KEYS_PAUSE);
    }
    this.#closeUnsigned();
  }

  #closeUnsigned(): void {
    const { accessTokens } = this.#options.guard;
    for (const socket of this.#all)
      if (socket.holder && accessTokens.standing(socket.holder.token) !== 'GOOD') socket.close(STALE);
  }
}
