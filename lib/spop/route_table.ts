/**
 * The routes of an agent, found by the bytes of a message's name.
 *
 * Hot path: `find` compares the few names that have the length of the one that came; no string is made.
 */
import type { Reader } from "./codec/mod.ts";
import type { Route } from "./route.ts";
import { isSame } from "./shape.ts";

/** Routes by the names of their messages. */
export class RouteTable {
  readonly #byName = new Map<string, Route>();
  /** Routes by the length of their names. */
  readonly #byLength: Route[][] = [];

  /** Adds a route, in the place of one with the same name, whose counters it goes on with. */
  add(route: Route): void {
    route.counters = this.#byName.get(route.name)?.counters ?? route.counters;
    this.remove(route.name);
    this.#byName.set(route.name, route);
    (this.#byLength[route.nameBytes.length] ??= []).push(route);
  }

  /** Takes a route away; gives whether there was one. */
  remove(name: string): boolean {
    const route = this.#byName.get(name);
    if (route === undefined) return false;
    this.#byName.delete(name);
    const { length } = route.nameBytes;
    this.#byLength[length] = (this.#byLength[length] ?? []).filter((one) => one !== route);
    return true;
  }

  /** The route of a message, by its name as text. */
  get(name: string): Route | undefined {
    return this.#byName.get(name);
  }

  /** All routes. */
  all(): Iterable<Route> {
    return this.#byName.values();
  }

  /**
   * The route of a message, by its name as bytes.
   *
   * @param reader at the name's length; behind the name afterwards
   */
  find(reader: Reader): Route | undefined {
    const length = reader.length();
    const { bytes, at } = reader;
    reader.at = at + length;
    const routes = this.#byLength[length];
    if (routes === undefined) return undefined;
    for (const route of routes) {
      if (isSame(route.nameBytes, bytes, at)) return route;
    }
    return undefined;
  }
}
