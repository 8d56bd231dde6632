/**
 * Checks that stand in for one another: only a part of them may be told down at once, since a fault that takes all of them is
 * more likely the agent's own. Who would come after that is kept up until another comes back.
 */

/** Who of a group is down. */
export class Group {
  readonly name: string;
  readonly #members: number;
  readonly #mostDown: number;
  readonly #down = new Set<string>();

  /**
   * @param name for people
   * @param members how many there are
   * @param maxDownShare the part of them, 0 to 1, that may be down; rounded down to whole members
   */
  constructor(name: string, members: number, maxDownShare: number) {
    this.name = name;
    this.#members = members;
    this.#mostDown = Math.floor(members * maxDownShare + ROUNDING);
  }

  /** Counts a member as down, when there is room; else says why not. */
  goDown(member: string): { readonly isAllowed: true } | { readonly isAllowed: false; readonly why: string } {
    if (!this.#down.has(member) && this.#down.size >= this.#mostDown) {
      const why = `${this.#down.size} of ${this.#members} in group "${this.name}" are down, and no more may be`;
      return { isAllowed: false, why };
    }
    this.#down.add(member);
    return { isAllowed: true };
  }

  /** Counts a member as down that already is, room or not: after a reload. */
  keepDown(member: string): void {
    this.#down.add(member);
  }

  /** Counts a member as up. */
  comeUp(member: string): void {
    this.#down.delete(member);
  }
}

/** 0.3 of 10 members is 3, not 2.9999999999999996. */
const ROUNDING = 1e-9;
