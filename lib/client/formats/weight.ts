/**
 * Parser of `get weight` (management guide, 9.3).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";

/** The weight of one server, 0 to 256. */
export interface Weight {
  /** The weight in force as its user set it. */
  weight: number;
  /** The weight of the configuration. */
  initial: number;
}

/**
 * Reads the answer to `get weight <backend>/<server>`.
 *
 * @param answer the whole answer
 * @returns both weights
 * @throws {UnexpectedAnswer} when it is not `<weight> (initial <weight>)`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseWeight } from "./weight.ts";
 *
 * assert.deepEqual(parseWeight("75 (initial 100)\n\n"), { weight: 75, initial: 100 });
 * ```
 */
export function parseWeight(answer: string): Weight {
  const [, weight, initial] = /^(\d{1,5}) \(initial (\d{1,5})\)\n*$/.exec(answer) ?? [];
  if (weight === undefined || initial === undefined) {
    throw new UnexpectedAnswer("get weight", 'a weight such as "75 (initial 100)"', answer);
  }
  return { weight: Number(weight), initial: Number(initial) };
}
