/**
 * Who answers behind a master socket (management guide, 9.4 "Master CLI").
 */
import { splitCommands } from "./command.ts";
import { InvalidCommand } from "./errors.ts";

/**
 * `"master"` for the master itself, `"worker"` for the current worker (`@1`), or a process by its number (`@!PID`), which
 * also reaches old workers that are leaving after a reload.
 */
export type MasterTarget = "master" | "worker" | { readonly pid: number };

/** A target, and how it is spoken with. */
export interface MasterAccess {
  readonly target: MasterTarget;
  /** Keeps the way open both ways (`@@`, since HAProxy 3.2): `wait` and following events need it. */
  readonly bidirectional: boolean;
}

/**
 * The prefix that routes a command to a target; empty for the master itself.
 *
 * @param target who shall answer
 */
function prefixOf(target: MasterTarget): string {
  return target === "master" ? "" : target === "worker" ? "@1 " : `@!${target.pid} `;
}

/**
 * Writes a line so that a target carries out all of its commands: one prefix goes with one command only, and what
 * follows a `;` without one would be the master's.
 *
 * @param line one or more commands
 * @param target who carries them out
 */
export function routeToTarget(line: string, target: MasterTarget): string {
  const prefix = prefixOf(target);
  return prefix === "" ? line : splitCommands(line).map((command) => prefix + command).join(";");
}

/**
 * Writes a line for a way that stays open both ways: all of its commands go with one prefix. A half-close would
 * interrupt them, so the master's prompt is asked for: it comes again when the answers are out.
 *
 * @param line one or more commands
 * @param target who carries them out
 */
export function routeBothWays(line: string, target: MasterTarget): string {
  const prefix = prefixOf(target);
  return `prompt\n${prefix === "" ? "" : `@${prefix}`}${line}`;
}

/**
 * Refuses what a master cannot take in one piece: it would run the pieces of a long line as commands of its own, and
 * a long payload costs it one of its ten connections for good (seen on 3.0 and 3.2).
 *
 * @param command for the error
 * @param sent all that would be sent
 * @throws {InvalidCommand} when it is too long
 */
export function refuseTooLong(command: string, sent: string): void {
  const bytes = new TextEncoder().encode(sent).length;
  if (bytes <= MASTER_TAKES_BYTES) return;
  const why =
    `it has ${bytes} bytes with its payload, and a master takes ${MASTER_TAKES_BYTES}; use the worker's own socket`;
  throw new InvalidCommand(command, why);
}

/** A little less than `tune.bufsize` leaves where nobody has changed it (15360). */
const MASTER_TAKES_BYTES = 15_000;

/** Whether this is the master's word that there is no such process: it sometimes stays open after that (seen on 3.0 and 3.2). */
export function isMissingTarget(arrived: Uint8Array): boolean {
  return arrived.at(-1) === LF && MISSING_AT_END.test(decoder.decode(arrived.subarray(-MISSING_LENGTH)));
}

/** Whether the answer between two prompts is whole: both have come, or the master has said that there is no such process. */
export function hasSecondPrompt(arrived: Uint8Array): boolean {
  const mayEnd = arrived.at(-1) === LF
    ? isMissingTarget(arrived)
    : arrived.at(-1) === SPACE && arrived.at(-2) === GREATER;
  return mayEnd && betweenPrompts(decoder.decode(arrived)) !== undefined;
}

/**
 * The answer between the prompt that was asked for and the one that follows the answer.
 *
 * @param text what has arrived
 * @returns `undefined` while the answer is not whole
 */
export function betweenPrompts(text: string): string | undefined {
  const rest = afterPrompt(text);
  if (rest === undefined) return undefined;
  const last = PROMPT_AT_END.exec(rest);
  if (last) return rest.slice(0, last.index);
  return MISSING_AT_END.test(rest) ? rest : undefined;
}

/**
 * What follows the prompt that was asked for.
 *
 * @param text what has arrived
 * @returns `undefined` while the prompt has not come
 */
export function afterPrompt(text: string): string | undefined {
  const first = PROMPT_AT_START.exec(text);
  return first ? text.slice(first[0].length) : undefined;
}

/**
 * Whether the text is nothing but a prompt.
 *
 * @param text what has arrived since the last line feed
 */
export function isPrompt(text: string): boolean {
  return PROMPT_AT_END.exec(text)?.index === 0;
}

const PROMPT_AT_START = /^\n?master(?:\[ReloadFailed\])?(?:\([a-z]+\))?> /;
const PROMPT_AT_END = /(?<![^\n])master(?:\[ReloadFailed\])?(?:\([a-z]+\))?> $/;
const MISSING_AT_END = /(?:^|\n|> )Can't find the target (?:PID|CLI) [^\n]*\n$/;
const MISSING_LENGTH = 120;
const LF = 10;
const SPACE = 32;
const GREATER = 62;
const decoder = new TextDecoder();
