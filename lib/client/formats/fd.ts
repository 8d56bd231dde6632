/**
 * The file descriptors of the process (management guide, "show fd"). The output is free text for developers: number, state and the
 * words `key=value` are read, the whole line stays in `text`.
 *
 * @module
 */

import { answerLines, expectMatch, expectNumber } from "./expect.ts";

/** One file descriptor. */
export interface FileDescriptor {
  /** Its number. */
  fd: number;
  /** Its state as a bit mask, hexadecimal. */
  state: string;
  /** The same as letters; a capital letter is a bit that is set. */
  state_flags: string;
  /** Words `key=value` as HAProxy prints them, such as `fe`, `sv`, `lport`, `iocb`; the first of a name counts. */
  fields: Record<string, string>;
  /** The whole line without the blanks in front. */
  text: string;
}

/**
 * Reads the answer to `show fd` with any of its options.
 *
 * @param answer the whole answer; blank when there is no such descriptor
 * @returns the descriptors
 * @throws {UnexpectedAnswer} when a line has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseFileDescriptors } from "./fd.ts";
 *
 * const [fd] = parseFileDescriptors("      6 : st=0x100023(cl heopi W:sRa R:sRA) ref=0 fe=fe_tcp lport=24005\n\n");
 * assert.equal(fd?.fd, 6);
 * assert.equal(fd?.fields["lport"], "24005");
 * ```
 */
export function parseFileDescriptors(answer: string): FileDescriptor[] {
  return answerLines(answer).map((line) => {
    const [fd, state = "", flags = "", rest = ""] = expectMatch(
      COMMAND,
      '"<fd> : st=0x<state>(<flags>) ..."',
      LINE,
      line,
      answer,
    );
    const words = rest.split(" ").filter((word) => word.indexOf("=") > 0);
    // Reversed, because the last entry of a name is the one that stays.
    const entries = words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)])
      .reverse();
    return {
      fd: expectNumber(COMMAND, fd, answer),
      state,
      state_flags: flags,
      fields: Object.fromEntries(entries),
      text: line.trimStart(),
    };
  });
}

const COMMAND = "show fd";
const LINE = /^ *(\d+) : st=(0x[0-9a-f]+)\(([^)]*)\)(.*)$/;
