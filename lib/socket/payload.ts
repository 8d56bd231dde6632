/**
 * Payloads: the lines that follow a command which ends in `<<`.
 *
 * They end at the first empty line on every version. Since 2.9 a terminator of one's own is possible, of up to seven
 * characters (management guide, 9.3); older versions would run the payload's lines as commands, so it is only used
 * where the payload holds an empty line and the version is known to have it. Empty lines at the end are left out.
 */
import { InvalidCommand } from "./errors.ts";

/** A payload as it is sent: the mark that ends the command's line, and the lines. */
export interface Payload {
  /** `<<` or `<<TERMINATOR`. */
  readonly mark: string;
  /** The lines and what ends them. */
  readonly lines: string;
}

/**
 * Frames a payload.
 *
 * @param command the command it belongs to, for the error's message
 * @param content the lines
 * @param hasTerminators tells whether the connected HAProxy knows terminators (2.9); only asked when one is needed
 * @returns the payload as it is sent
 * @throws {InvalidCommand} when the content is empty, holds NUL, or holds an empty line that HAProxy cannot take
 */
export async function framePayload(
  command: string,
  content: string,
  hasTerminators: () => Promise<boolean>,
): Promise<Payload> {
  if (content.trim() === "") throw new InvalidCommand(command, "its payload is empty");
  if (content.includes("\0")) throw new InvalidCommand(command, "its payload holds a NUL byte");
  if (!content.isWellFormed()) throw new InvalidCommand(command, "its payload holds half a surrogate pair");
  const lines = `${content.replace(/[\r\n]+$/, "")}\n`;
  if (!hasEmptyLine(lines)) return { mark: "<<", lines: `${lines}\n` };
  if (!await hasTerminators()) {
    throw new InvalidCommand(command, "its payload holds an empty line, which ends a payload in HAProxy before 2.9");
  }
  const terminator = chooseTerminator(lines);
  return { mark: `<<${terminator}`, lines: `${lines}${terminator}\n` };
}

/**
 * A word of seven characters that is no line of the content.
 *
 * @param content the lines
 */
export function chooseTerminator(content: string): string {
  const lines = new Set(content.split(/\r?\n/));
  for (let number = 0;; number++) {
    const terminator = `E${number.toString(36).padStart(6, "0")}`;
    if (!lines.has(terminator)) return terminator;
  }
}

function hasEmptyLine(lines: string): boolean {
  return /^\r?\n|\n\r?\n/.test(lines);
}
