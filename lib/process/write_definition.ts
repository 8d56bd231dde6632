/**
 * Definitions back into the JSON that they were read from: for whoever keeps them.
 */
import type { Definition } from "./definition.ts";

/**
 * Writes a definition. Nothing is left out, not even `env`: what is shown to others has to leave that out itself.
 *
 * @returns what {@linkcode readDefinition} reads again as the same definition
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDefinition } from "./read_definition.ts";
 * import { writeDefinition } from "./write_definition.ts";
 * const given = { name: "web", cmd: "server", colour: "red" };
 * assert.deepEqual(writeDefinition(readDefinition(given)), given);
 * ```
 */
export function writeDefinition({ extra = {}, ...definition }: Definition): Record<string, unknown> {
  return { ...extra, ...definition };
}
