import type { TokenPosition } from '../../../src/sessions/rotation.ts';
import { CHANGE_PASSWORD } from '../../support/administration.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  REFRESH,
  REVOKE_SESSION,
  registerUser,
} from '../../support/client.ts';
import type { Cluster } from './cluster.ts';
import type { Issued, Login, Outcome, Probe, Refresh, Revocation } from './history.ts';
import { type Message, outcomeOf, type Recorder } from './recorder.ts';

/** What a token is enough for, so that bounded instances ask no database. */
const WHO = '{ me { id } }';

/** Where clients send to, and who writes it down. */
export interface Scene {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
}

/** The place of a refresh token in its family, which is no secret: the token's text has it before the MAC. */
function positionOf(refreshToken: string): TokenPosition {
  const bytes = Buffer.from(refreshToken.slice('pr1_'.length), 'base64url');
  return { generation: bytes.readUInt32BE(16), branch: bytes.readUInt16BE(20) };
}

/** An honest client of one session: it keeps one refresh token, and asks again where no answer came. */
export class Device {
  /** Access tokens as they came, the newest last. */
  readonly held: Issued[] = [];
  isOver = false;

  constructor(
    private readonly scene: Scene,
    readonly userId: string,
    readonly sessionId: string,
    private refreshToken: string,
  ) {}

  get newest(): Issued {
    const newest = this.held.at(-1);
    if (newest === undefined) throw new Error('A device holds a token from the start.');
    return newest;
  }

  get jar(): string {
    return this.refreshToken;
  }

  async probe(instance: number, token = this.newest): Promise<Outcome> {
    const { outcome } = await probe(this.scene, instance, token);
    if (outcome === 'SESSION_ENDED') this.isOver = true;
    return outcome;
  }

  async refresh(instance: number, patience?: number): Promise<Refresh> {
    const { cluster, recorder } = this.scene;
    const { sessionId, userId } = this;
    const entry: Refresh = { kind: 'REFRESH', sessionId, userId, ...recorder.begin(instance) };
    const variables = { input: { refreshToken: this.refreshToken } };
    const message = { url: cluster.instance(instance).url, query: REFRESH, variables };
    const given: Answer[] = [];
    const note = (answer: Answer, late: Refresh) => {
      late.received = positionOf(answer.data.refresh.refreshToken);
      given.push(answer);
    };
    const answered = await recorder.ask(entry, message, note, patience);
    if (answered.outcome === 'SESSION_ENDED') this.isOver = true;
    // What comes after the client has given up never reaches its jar.
    for (const { data } of given) this.#keep(data.refresh, entry);
    return answered;
  }

  #keep({ accessToken, refreshToken }: Granted, { sentAt, answeredAt }: Refresh): void {
    this.held.push({ ...this.#subject, text: accessToken, requestedAt: sentAt, receivedAt: answeredAt });
    const [held, got] = [positionOf(this.refreshToken), positionOf(refreshToken)];
    const isNewer = got.generation - held.generation || got.branch - held.branch;
    if (isNewer > 0) this.refreshToken = refreshToken;
  }

  get #subject() {
    return { sessionId: this.sessionId, userId: this.userId };
  }
}

interface Granted {
  readonly accessToken: string;
  readonly refreshToken: string;
}

type Begun = Granted & { readonly session: { readonly id: string } };

/** A query with an access token, whoever holds it. */
export async function probe(
  { cluster, recorder }: Scene,
  instance: number,
  token: Issued,
  patience?: number,
): Promise<Probe> {
  const entry: Probe = { kind: 'PROBE', token, ...recorder.begin(instance) };
  const message = { url: cluster.instance(instance).url, query: WHO, headers: bearer(token.text) };
  return recorder.ask(entry, message, undefined, patience);
}

export interface Credentials {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly isSure: boolean;
}

/** @returns the device, where an answer came in time; else only what became of it */
export async function logIn(
  scene: Scene,
  instance: number,
  { userId, email, password, isSure }: Credentials,
  patience?: number,
): Promise<{ outcome: Outcome; device: Device | undefined }> {
  const { cluster, recorder } = scene;
  const entry: Login = { kind: 'LOGIN', userId, password, isSure, ...recorder.begin(instance) };
  const variables = { input: { email, password, transport: 'BODY' } };
  const message = { url: cluster.instance(instance).url, query: LOGIN, variables };
  const begun: Device[] = [];
  const note = ({ data }: Answer) => void begun.push(begunBy(scene, entry, data.login));
  const { outcome } = await recorder.ask(entry, message, note, patience);
  return { outcome, device: begun[0] };
}

function begunBy(scene: Scene, entry: Login, { session, accessToken, refreshToken }: Begun): Device {
  entry.sessionId = session.id;
  const { userId, sentAt, answeredAt } = entry;
  const device = new Device(scene, userId, session.id, refreshToken);
  const times = { requestedAt: sentAt, receivedAt: answeredAt };
  device.held.push({ sessionId: session.id, userId, text: accessToken, ...times });
  return device;
}

/** A new account, whose registration begins its first session. */
export async function register(
  scene: Scene,
  instance = 0,
): Promise<{ credentials: Credentials; device: Device }> {
  const sentAt = performance.now();
  const { url } = scene.cluster.instance(instance);
  const { userId, sessionId, email, password, ...tokens } = await registerUser(url);
  const asked = {
    ...scene.recorder.begin(instance),
    sentAt,
    answeredAt: performance.now(),
    outcome: 'ACCEPTED',
  };
  const entry: Login = { kind: 'LOGIN', userId, password, isSure: true, ...asked };
  scene.recorder.entries.push(entry);
  const device = begunBy(scene, entry, { ...tokens, session: { id: sessionId } });
  return { credentials: { userId, email, password, isSure: true }, device };
}

/** What a revocation concerns; the rest of its entry is the same for all. */
export type Reach = Pick<Revocation, 'act' | 'userId' | 'ends'> &
  Partial<Pick<Revocation, 'outdates' | 'sessionId' | 'spares' | 'voids' | 'firstSentAt'>>;

export type Order = Omit<Message, 'url'>;

export async function revoke(
  { cluster, recorder }: Scene,
  instance: number,
  reach: Reach,
  order: Order,
  patience?: number,
): Promise<Revocation> {
  const asked = recorder.begin(instance);
  const narrow = { sessionId: undefined, spares: undefined, voids: undefined };
  const whole = { ...narrow, outdates: false, firstSentAt: asked.sentAt };
  const entry: Revocation = { kind: 'REVOCATION', ...whole, ...reach, ...asked };
  return recorder.ask(entry, { url: cluster.instance(instance).url, ...order }, undefined, patience);
}

export function logOut(scene: Scene, instance: number, device: Device, patience?: number) {
  const { userId, sessionId, jar } = device;
  const reach = { act: 'logout', userId, sessionId, ends: true };
  const order = { query: LOGOUT, variables: { input: { refreshToken: jar } } };
  return revoke(scene, instance, reach, order, patience);
}

const LOGOUT_AND_MORE =
  'mutation ($input: LogoutInput) { logout(input: $input) { ended } sequel: revokeOtherSessions { revokedCount } }';

/** In one document with a field that the session was good for (SECURITY E6). */
export function logOutAndGoOn(scene: Scene, instance: number, device: Device) {
  const { userId, sessionId, jar, newest } = device;
  const judge = (answer: Answer): Outcome => {
    const isDone = answer.errors === undefined || answer.errors[0]?.path?.[0] === 'sequel';
    if (isDone) scene.recorder.sequels.push({ sessionId, outcome: outcomeOf(answer) });
    return isDone ? 'ACCEPTED' : outcomeOf(answer);
  };
  const reach = { act: 'logout', userId, sessionId, ends: true };
  const order = { query: LOGOUT_AND_MORE, variables: { input: { refreshToken: jar } }, judge };
  return revoke(scene, instance, reach, { ...order, headers: bearer(newest.text) });
}

export function revokeSession(scene: Scene, instance: number, by: Device, device: Device) {
  const { userId, sessionId } = device;
  const reach = { act: 'revokeSession', userId, sessionId, ends: true };
  const order = { query: REVOKE_SESSION, variables: { id: sessionId }, headers: bearer(by.newest.text) };
  return revoke(scene, instance, reach, order);
}

export function changePassword(
  scene: Scene,
  instance: number,
  by: Device,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  patience?: number,
) {
  const { userId, sessionId } = by;
  const all = { userId, ends: true, outdates: true };
  const reach = { ...all, act: 'changePassword', spares: sessionId, voids: currentPassword };
  const variables = { input: { currentPassword, newPassword } };
  const order = { query: CHANGE_PASSWORD, variables, headers: bearer(by.newest.text) };
  return revoke(scene, instance, reach, order, patience);
}
