/**
 * A variable of the whole process (management guide, "get var").
 *
 * @module
 */

import { answerLines, expectInteger, expectMatch } from "./expect.ts";

/** One variable. */
export interface Variable {
  /** Its name, such as `proc.mode`. */
  name: string;
  /** HAProxy's type: `str`, `sint`, `bool`, `ipv4`, ... */
  type: string;
  /** Its value: a number for `sint`, HAProxy's text for every other type. */
  value: string | number | bigint;
}

/**
 * Reads the answer to `get var <name>`.
 *
 * @param answer the whole answer
 * @returns the variable
 * @throws {UnexpectedAnswer} when the answer has another shape, such as `Variable not found.`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseVariable } from "./variable.ts";
 *
 * assert.deepEqual(parseVariable("proc.mode: type=str value=<a > b>\n"), { name: "proc.mode", type: "str", value: "a > b" });
 * assert.deepEqual(parseVariable("proc.a: type=sint value=<5>\n"), { name: "proc.a", type: "sint", value: 5 });
 * ```
 */
export function parseVariable(answer: string): Variable {
  const text = answerLines(answer).join("\n");
  const [name = "", type = "", value = ""] = expectMatch(
    COMMAND,
    '"<name>: type=<type> value=<value>"',
    VARIABLE,
    text,
    answer,
  );
  return { name, type, value: type === "sint" ? expectInteger(COMMAND, value, answer) : value };
}

const COMMAND = "get var";
// Line feeds may be in the value.
const VARIABLE = /^([^\s:]+): type=(\S+) value=<([\s\S]*)>$/;
