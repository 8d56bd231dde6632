/**
 * The OpenSSL providers that HAProxy has loaded (management guide, "show ssl providers", 2.6 and later).
 *
 * @module
 */

import { answerLines, expectMatch } from "./expect.ts";
import { UnexpectedAnswer } from "./errors.ts";

/**
 * Reads the answer to `show ssl providers`.
 *
 * @param answer the whole answer
 * @returns the names, such as `default`
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSslProviders } from "./ssl_providers.ts";
 *
 * assert.deepEqual(parseSslProviders("Loaded providers : \n\t- default\n\n"), ["default"]);
 * ```
 */
export function parseSslProviders(answer: string): string[] {
  const [title, ...lines] = answerLines(answer);
  if (title?.trimEnd() !== "Loaded providers :") {
    throw new UnexpectedAnswer(COMMAND, 'the title "Loaded providers :"', answer, title ?? "");
  }
  return lines.flatMap((line) => expectMatch(COMMAND, '"- <name>"', /^\t- (\S+)$/, line, answer));
}

const COMMAND = "show ssl providers";
