/**
 * Members that come and go with every request. A `Set` would do, but for what the engine makes of it: each time its table
 * is full of what has left, a new one takes its place, and the old one goes on holding all who were in it. Once one of
 * those has grown old, the collector of young garbage spares them all, with everything that they hold.
 */
export class Slots<Member extends object> {
  readonly #members: (Member | undefined)[] = [];
  readonly #free: number[] = [];

  /** @returns where it is, for `remove` */
  add(member: Member): number {
    const slot = this.#free.pop() ?? this.#members.length;
    this.#members[slot] = member;
    return slot;
  }

  remove(slot: number): void {
    this.#members[slot] = undefined;
    this.#free.push(slot);
  }

  /** Those who are there now. */
  all(): Member[] {
    return this.#members.filter((member) => member !== undefined);
  }
}
