/**
 * Whether HAProxy hides names and addresses in what it shows (management guide, "show anon", 2.7 and later).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectNumber } from "./expect.ts";

/** The state of the anonymized mode of this session. */
export interface AnonymizedMode {
  /** Whether it is on. */
  enabled: boolean;
  /** The key that names are hashed with, when it is on. */
  key?: number;
}

/**
 * Reads the answer to `show anon`.
 *
 * @param answer the whole answer
 * @returns the state
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAnonymizedMode } from "./anon.ts";
 *
 * assert.deepEqual(parseAnonymizedMode("Anonymized mode disabled\n\n"), { enabled: false });
 * assert.deepEqual(parseAnonymizedMode("Anonymized mode enabled\nKey : 123\n\n"), { enabled: true, key: 123 });
 * ```
 */
export function parseAnonymizedMode(answer: string): AnonymizedMode {
  const text = answerLines(answer).join("\n");
  if (text === "Anonymized mode disabled") return { enabled: false };
  const [, key] = /^Anonymized mode enabled\nKey : (\d+)$/.exec(text) ?? [];
  if (key === undefined) throw new UnexpectedAnswer(COMMAND, '"Anonymized mode disabled" or "enabled"', answer);
  return { enabled: true, key: expectNumber(COMMAND, key, answer) };
}

const COMMAND = "show anon";
