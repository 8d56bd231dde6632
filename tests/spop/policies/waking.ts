/** An outside whose sleepers a test wakes, and whose time it sets. */
import type { Outside } from "../../../lib/spop/policies/sources/outside.ts";

/** Stands in for time. */
export class Waking {
  /** Milliseconds since 1970, as the policy sees them. */
  time = 1_700_000_000_000;
  #sleepers: (() => void)[] = [];
  #arrivals: (() => void)[] = [];

  /** What a policy is given. */
  readonly outside: Partial<Outside> = {
    now: () => this.time,
    random: () => 0.5,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
        this.#sleepers.push(resolve);
        for (const arrive of this.#arrivals.splice(0)) arrive();
      }),
  };

  /** Wakes all sleepers, and waits until as many sleep again: then all that they had to do is done. */
  async wake(): Promise<void> {
    const sleepers = this.#sleepers.splice(0);
    for (const wake of sleepers) wake();
    while (this.#sleepers.length < sleepers.length) {
      await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    }
  }
}
