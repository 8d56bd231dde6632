/**
 * Parser of `show backend` (management guide, 9.3): a header and one name a line.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

const COMMAND = "show backend";

/**
 * Reads the names of all proxies that have a backend side (`backend` and `listen` sections).
 *
 * @param answer the whole answer
 * @returns the names in the order of the configuration
 * @throws {UnexpectedAnswer} when it does not start with `# name`, or a line is not one word
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseBackends } from "./backend.ts";
 *
 * assert.deepEqual(parseBackends("# name\nweb\napi\n\n"), ["web", "api"]);
 * ```
 */
export function parseBackends(answer: string): string[] {
  const [header, ...names] = answerLines(answer);
  if (header !== "# name") throw new UnexpectedAnswer(COMMAND, 'the header line "# name"', answer);
  for (const name of names) {
    if (!/^\S+$/.test(name)) throw new UnexpectedAnswer(COMMAND, "one backend name a line", answer, name);
  }
  return names;
}
