import { SET_ROLES, SET_STATUS, uuid } from '../../support/administration.ts';
import { bearer, REVOKE_ALL } from '../../support/client.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { ADMIN } from '../../support/server.ts';
import { type Device, logIn, type Reach, revoke, type Scene } from './clients.ts';
import type { Revocation } from './history.ts';

const ROTATE_KEY = 'mutation { rotateSigningKey(revokePrevious: true) { id } }';

/** The admin of the tests, who ends sessions of others, and asks until it is done. */
export class Admin {
  #device: Device | undefined;

  private constructor(
    private readonly scene: Scene,
    /** Whom to ask next. */
    private readonly next: () => number,
    private readonly userId: string,
  ) {}

  static async of(scene: Scene, database: TestDatabase, next: () => number): Promise<Admin> {
    const [row] = await database.query('SELECT id FROM users WHERE email = ?', [ADMIN.email]);
    return new Admin(scene, next, String(uuid(row?.['id'])));
  }

  revokeAll(userId: string): Promise<Revocation | undefined> {
    return this.#insist({ act: 'revokeAllForUser', userId, ends: true, outdates: true }, REVOKE_ALL, {
      userId,
    });
  }

  setStatus(userId: string, status: 'ACTIVE' | 'SUSPENDED'): Promise<Revocation | undefined> {
    const reach = { act: `setUserStatus ${status}`, userId, ends: status === 'SUSPENDED' };
    return this.#insist(reach, SET_STATUS, { userId, status });
  }

  /** @param isChange whether they are surely others than before */
  setRoles(userId: string, roles: readonly string[], isChange: boolean): Promise<Revocation | undefined> {
    const reach = { act: 'setUserRoles', userId, ends: false, outdates: isChange };
    return this.#insist(reach, SET_ROLES, { userId, roles });
  }

  rotateKey(): Promise<Revocation | undefined> {
    const reach = { act: 'rotateSigningKey', userId: undefined, ends: false, outdates: true };
    return this.#insist(reach, ROTATE_KEY, {});
  }

  /** @returns undefined: it could not be done in time */
  async #insist(reach: Reach, query: string, variables: object): Promise<Revocation | undefined> {
    let firstSentAt: number | undefined;
    for (let attempt = 0; attempt < 30; attempt++) {
      const device = await this.#signedIn();
      if (device === undefined) continue;
      const headers = bearer(device.newest.text);
      const order = { query, variables, headers };
      const since = firstSentAt === undefined ? {} : { firstSentAt };
      const asked = await revoke(this.scene, this.next(), { ...reach, ...since }, order);
      firstSentAt ??= asked.sentAt;
      if (asked.outcome === 'ACCEPTED') return asked;
      // After a change of keys, or of its own account.
      if (!/^(PENDING|LOST|UNAVAILABLE)$/.test(asked.outcome)) this.#device = undefined;
    }
    return undefined;
  }

  async #signedIn(): Promise<Device | undefined> {
    const credentials = { ...ADMIN, userId: this.userId, isSure: true };
    this.#device ??= (await logIn(this.scene, this.next(), credentials)).device;
    return this.#device;
  }
}
