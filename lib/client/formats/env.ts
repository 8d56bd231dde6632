/**
 * The environment that HAProxy knows (management guide, "show env"). Values are printed as they are: a line feed in a value looks
 * like the end of it, and nothing in the text tells them apart.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** One variable. */
export interface EnvironmentVariable {
  /** Its name. */
  name: string;
  /** Its value. */
  value: string;
}

/**
 * Reads the answer to `show env`, and to `show env <name>`.
 *
 * A line that does not start as `NAME=` is taken for the next line of the value before it. A value whose second line does look
 * like that is taken for two variables: who has to be sure asks for one variable by name and uses {@linkcode parseEnvironmentValue}.
 *
 * @param answer the whole answer
 * @returns the variables, in HAProxy's order; a name can come twice
 * @throws {UnexpectedAnswer} when the first line is no `NAME=value`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseEnvironment } from "./env.ts";
 *
 * assert.deepEqual(parseEnvironment("HOME=/root\nMOTD=hello\nworld\n\n"), [
 *   { name: "HOME", value: "/root" },
 *   { name: "MOTD", value: "hello\nworld" },
 * ]);
 * ```
 */
export function parseEnvironment(answer: string): EnvironmentVariable[] {
  const variables: { name: string; lines: string[] }[] = [];
  for (const line of answerLines(answer)) {
    const [, name] = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(line) ?? [];
    if (name !== undefined) variables.push({ name, lines: [line.slice(name.length + 1)] });
    else if (variables.length > 0) variables.at(-1)?.lines.push(line);
    else throw new UnexpectedAnswer("show env", '"NAME=value"', answer, line);
  }
  return variables.map(({ name, lines }) => ({ name, value: lines.join("\n") }));
}

/**
 * Reads the answer to `show env <name>`: everything behind the first `=` is the value, line feeds included, but for those at
 * its very end.
 *
 * @param answer the whole answer
 * @returns the variable
 * @throws {UnexpectedAnswer} when the answer does not start with `NAME=`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseEnvironmentValue } from "./env.ts";
 *
 * assert.deepEqual(parseEnvironmentValue("MOTD=hello\nA=b\n\n"), { name: "MOTD", value: "hello\nA=b" });
 * ```
 */
export function parseEnvironmentValue(answer: string): EnvironmentVariable {
  const text = answerLines(answer).join("\n");
  const [, name] = /^([^=\s]+)=/.exec(text) ?? [];
  if (name === undefined) throw new UnexpectedAnswer("show env", '"NAME=value"', answer);
  return { name, value: text.slice(name.length + 1) };
}
