/**
 * What the connected HAProxy can do, from its own `help`: the only sure way, because distributions bring commands into older
 * versions (management guide, "help"). It lists what the session's level and modes allow, and nothing else.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** One command that HAProxy knows. */
export interface Capability {
  /** The command without arguments, such as `set server`; `@` and `@!` for the prefixes of the master. */
  command: string;
  /** Its words. */
  words: string[];
  /** Its arguments as HAProxy describes them, such as `<bk>/<srv> [opts]`; empty when it takes none. */
  arguments: string;
  /** What it does, in HAProxy's words. */
  description: string;
}

/**
 * Reads the answer to `help`, and to `help <prefix>`.
 *
 * @param answer the whole answer
 * @returns the commands, in HAProxy's order
 * @throws {UnexpectedAnswer} when the answer is another text; also for the list that follows an unknown command
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHelp } from "./help.ts";
 *
 * const [capability] = parseHelp(
 *   "The following commands are valid at this level:\n" +
 *     "  set server <bk>/<srv> [opts]            : change a server's state, weight, address or ssl\n\n",
 * );
 * assert.deepEqual(capability, {
 *   command: "set server",
 *   words: ["set", "server"],
 *   arguments: "<bk>/<srv> [opts]",
 *   description: "change a server's state, weight, address or ssl",
 * });
 * ```
 */
export function parseHelp(answer: string): Capability[] {
  const lines = answerLines(answer);
  let at = 0;
  // Turning expert mode on before, in the same session, leaves blank lines in front.
  while (lines[at] === "") at++;
  const title = lines[at];
  if (title !== "The following commands are valid at this level:") {
    throw new UnexpectedAnswer(
      COMMAND,
      'the line "The following commands are valid at this level:"',
      answer,
      title ?? "",
    );
  }
  return lines.slice(at + 1).map((line) => readCapability(line, answer));
}

const COMMAND = "help";

function readCapability(line: string, answer: string): Capability {
  // The colon is in column 42, or behind a usage that is longer; none of them holds a colon and a blank.
  const colon = line.indexOf(": ");
  const usage = line.slice(0, colon).trim();
  if (!line.startsWith("  ") || colon < 0 || usage === "") {
    throw new UnexpectedAnswer(COMMAND, 'lines "  <command> <arguments> : <description>"', answer, line);
  }
  const argument = usage.search(/[<[{(]/);
  const command = argument < 0 ? usage : usage.slice(0, argument).trim();
  const words = command.split(" ").filter((word) => word !== "");
  return {
    command: words.join(" "),
    words,
    arguments: argument < 0 ? "" : usage.slice(argument),
    description: line.slice(colon + 2),
  };
}
