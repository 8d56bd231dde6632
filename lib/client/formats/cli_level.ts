/**
 * What the session may do (management guide, "show cli level").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** A level, the lowest first: `user` reads some, `operator` reads all and changes little, `admin` does everything. */
export type CliLevel = "user" | "operator" | "admin";

/**
 * Reads the answer to `show cli level`.
 *
 * @param answer the whole answer
 * @returns the level
 * @throws {UnexpectedAnswer} when the answer is no level
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCliLevel } from "./cli_level.ts";
 *
 * assert.equal(parseCliLevel("operator\n\n"), "operator");
 * ```
 */
export function parseCliLevel(answer: string): CliLevel {
  const text = answerLines(answer).join("\n");
  const level = LEVELS.find((name) => name === text);
  if (level === undefined) throw new UnexpectedAnswer("show cli level", 'one of "user", "operator", "admin"', answer);
  return level;
}

const LEVELS = ["user", "operator", "admin"] as const;
