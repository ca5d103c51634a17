import { confirmCaller, type GuardServices, verifyBearer } from '../guard/guard.ts';
import { told } from '../guard/guard-listener.ts';
import { closingFor, EXPIRED, TOO_MANY_SOCKETS } from './close-codes.ts';
import type { Holders } from './holders.ts';
import type { Holder, OpenSocket } from './open-socket.ts';

export interface Admission {
  readonly guard: GuardServices;
  readonly holders: Holders;
}

/**
 * What `connection_init` leads to: a socket that stands for a caller, or none. It is known by its session before the
 * database is asked whether that lives: so whoever ends the session meanwhile is seen there, or finds the socket here.
 *
 * @param params the payload of the message
 * @returns whether it may be acknowledged; else it is closed
 */
export async function admit(
  { guard, holders }: Admission,
  socket: OpenSocket,
  params: Readonly<Record<string, unknown>> | undefined,
): Promise<boolean> {
  const authorization = authorizationIn(params);
  try {
    const { claims } = await told(guard.listener, async () => {
      const token = await verifyBearer(guard, authorization);
      hold(holders, socket, { authorization, token });
      return confirmCaller(guard, token);
    });
    socket.closeAfter(() => claims.expiresAt * 1000 - guard.clock.now(), EXPIRED);
  } catch (error) {
    const closing = closingFor(error);
    if (closing === undefined) throw error;
    socket.close(closing);
  }
  return !socket.isClosed;
}

function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const given = params?.['authorization'];
  return typeof given === 'string' ? given : undefined;
}

function hold(holders: Holders, socket: OpenSocket, holder: Holder): void {
  // One that has gone already would never be removed.
  if (socket.isClosed) return;
  if (holders.add(socket, holder.token.claims)) socket.holder = holder;
  else socket.close(TOO_MANY_SOCKETS);
}
