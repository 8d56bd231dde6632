/**
 * All keepers of a manager by the name of what they keep, and the orders in which they are gone through.
 */
import type { Definition } from "./definition.ts";
import { ProcessExists, ProcessNotFound } from "./errors.ts";
import type { Keeper } from "./keeper.ts";
import { graphOf } from "./order/dependencies.ts";
import { waves } from "./order/graph.ts";

/** The keepers, in the order in which they were added. */
export class Keepers {
  readonly #byName = new Map<string, Keeper>();

  names(): string[] {
    return [...this.#byName.keys()];
  }

  definitions(): Definition[] {
    return [...this.#byName.values()].map(({ definition }) => definition);
  }

  groups(): string[] {
    return [...new Set(this.definitions().flatMap((one) => groupOf(one) ?? []))];
  }

  /** The names of a group. @throws {ProcessNotFound} */
  group(name: string): string[] {
    const found = this.definitions().filter((one) => groupOf(one) === name);
    if (found.length === 0) throw new ProcessNotFound("group", name);
    return found.map((one) => one.name);
  }

  find(name: string): Keeper | undefined {
    return this.#byName.get(name);
  }

  /** @throws {ProcessNotFound} */
  get(name: string): Keeper {
    const keeper = this.#byName.get(name);
    if (keeper === undefined) throw new ProcessNotFound("process", name);
    return keeper;
  }

  /** @throws {ProcessExists} when there is one of this name */
  refuseExisting(name: string): void {
    if (this.#byName.has(name)) throw new ProcessExists(name);
  }

  add(keeper: Keeper): void {
    this.#byName.set(keeper.definition.name, keeper);
  }

  /** Gives whether it was there. */
  delete(keeper: Keeper): boolean {
    const { name } = keeper.definition;
    return this.#byName.get(name) === keeper && this.#byName.delete(name);
  }

  /** Whoever waits for something may look again. */
  nudge(): void {
    for (const keeper of this.#byName.values()) keeper.nudge();
  }

  /** The lowest priority first. */
  byPriority(): Keeper[] {
    return [...this.#byName.values()].sort((a, b) => priorityOf(a.definition) - priorityOf(b.definition));
  }

  /** Those first that nothing else depends on. */
  inStopOrder(): Keeper[][] {
    return waves(graphOf(this.definitions())).reverse().map((wave) => wave.map((name) => this.get(name)));
  }
}

function groupOf({ name, group }: Definition): string | undefined {
  return group ?? (name.includes(":") ? name.slice(0, name.indexOf(":")) : undefined);
}

function priorityOf({ priority = Number.MAX_SAFE_INTEGER }: Definition): number {
  return priority;
}
