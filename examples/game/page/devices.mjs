/** Where else one is playing: asked once, and from then on told by the socket. */

/** What sessions of the game are called in the list of devices. */
export const GAME = 'Lights out';

const FACTS = 'id current deviceName endedAt createdAt';

/**
 * @typedef {{ id: string, current: boolean, deviceName: string | null, endedAt: string | null, createdAt: string }} Device
 * @typedef {import('portcullis/client').TypedDocument<{ mySessions: Device[] }, {}>} MySessions
 */

const MY_SESSIONS = /** @type {MySessions} */ (`{ mySessions { ${FACTS} } }`);
const EVENTS = `subscription { mySessionEvents { session { ${FACTS} } } }`;

/**
 * @param {import('portcullis/client').PortcullisClient} client
 * @param {ReturnType<typeof import('portcullis/client/socket').createSocket>} socket
 * @param {(devices: Device[]) => void} show called at each change
 * @returns what ends it
 */
export function followDevices(client, socket, show) {
  /** @type {Map<string, Device>} */
  const devices = new Map();
  const take = (/** @type {Device[]} */ ...changed) => {
    for (const device of changed) devices.set(device.id, device);
    show([...devices.values()].filter(({ deviceName, endedAt }) => deviceName === GAME && !endedAt));
  };
  const ask = () =>
    client.request(MY_SESSIONS).then(
      ({ mySessions }) => take(...mySessions),
      () => undefined,
    );
  // After a gap something may have been missed; while the token is renewed there is none.
  const stopAsking = socket.on('connected', (_socket, _payload, hadGap) => void (hadGap && ask()));
  const unsubscribe = socket.subscribe(
    { query: EVENTS },
    {
      next: ({ data }) => data && take(/** @type {any} */ (data).mySessionEvents.session),
      // Why the session is over is what the client tells.
      error: () => undefined,
      complete: () => undefined,
    },
  );
  void ask();
  return () => {
    stopAsking();
    unsubscribe();
  };
}
