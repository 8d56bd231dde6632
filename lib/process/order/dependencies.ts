/**
 * What definitions wait for of each other, in words. Pure.
 */
import type { Definition, DependencyState } from "../definition.ts";
import { InvalidDefinition } from "../errors.ts";
import { findCycle, type Graph } from "./graph.ts";

/** What is known of one that others wait for. */
export interface DependencyFacts {
  readonly isRunning: boolean;
  readonly isReady: boolean;
  /** It has ended by itself with status 0, and is not started again. */
  readonly hasExitedWell: boolean;
}

/** When each state is there. What has done its work and ended well was started and ready. */
const IS_MET: Readonly<Record<DependencyState, (facts: DependencyFacts) => boolean>> = {
  started: ({ isRunning, hasExitedWell }) => isRunning || hasExitedWell,
  ready: ({ isReady, hasExitedWell }) => isReady || hasExitedWell,
  exited_ok: ({ hasExitedWell }) => hasExitedWell,
};

const WORDS: Readonly<Record<DependencyState, string>> = {
  started: "to be started",
  ready: "to be ready",
  exited_ok: "to end with status 0",
};

/**
 * What a definition has to wait for.
 *
 * @param definition whose `depends_on` is asked about
 * @param factsOf gives what is known of a name; nothing when there is no such definition
 * @returns in words, the first of them; empty when it may start
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { waitsFor } from "./dependencies.ts";
 * const web = { name: "web", cmd: "web", depends_on: { db: "ready" } } as const;
 * const db = { isRunning: true, isReady: false, hasExitedWell: false };
 * assert.equal(waitsFor(web, () => db), '"db" to be ready');
 * assert.equal(waitsFor(web, () => ({ ...db, isReady: true })), "");
 * assert.equal(waitsFor(web, () => undefined), '"db" to be defined');
 * ```
 */
export function waitsFor(definition: Definition, factsOf: (name: string) => DependencyFacts | undefined): string {
  for (const [name, state] of Object.entries(definition.depends_on ?? {})) {
    const facts = factsOf(name);
    if (facts === undefined) return `"${name}" to be defined`;
    if (!IS_MET[state](facts)) return `"${name}" ${WORDS[state]}`;
  }
  return "";
}

/** Who depends on whom. Of two definitions with the same name the later counts. */
export function graphOf(definitions: readonly Definition[]): Graph {
  return new Map(definitions.map(({ name, depends_on = {} }) => [name, Object.keys(depends_on)]));
}

/**
 * Makes sure that no definitions would wait for each other for ever.
 *
 * @param definitions all, the new one the last
 * @throws {InvalidDefinition} with the ring
 */
export function refuseCycle(definitions: readonly Definition[]): void {
  const cycle = findCycle(graphOf(definitions));
  if (cycle === undefined) return;
  const name = definitions.at(-1)?.name ?? "";
  throw new InvalidDefinition(name, `they would wait for each other: ${cycle.map((one) => `"${one}"`).join(", ")}`);
}
