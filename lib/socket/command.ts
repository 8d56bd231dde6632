/**
 * How a command becomes one line of HAProxy's CLI, and the only place where values are escaped.
 *
 * HAProxy splits a line at spaces and tabs, ends a command at `;`, takes the character after `\` as it is and gives
 * quotes no meaning (management guide, 9.3 "Unix Socket commands"). A last word that starts with `<<` opens a payload,
 * so `<` is escaped too.
 */
import { InvalidCommand } from "./errors.ts";

/** What {@linkcode cli} takes between its fixed words. */
export type CliValue = string | number | bigint | undefined | readonly (string | number | bigint)[];

/**
 * Writes a command with values in it: each value arrives in HAProxy as exactly one word, whatever it holds.
 *
 * An array gives one word an element; `undefined` and an empty array give none.
 *
 * @param strings the command's fixed text
 * @param values the words to escape; numbers and bigints are written in decimal
 * @returns one line, without its line feed
 * @throws {InvalidCommand} when a value is one that HAProxy's CLI cannot express: see {@linkcode escapeWord}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cli } from "./command.ts";
 * assert.equal(cli`add map ${"/etc/haproxy/hosts.map"} ${"a b"} ${"x;y"}`, "add map /etc/haproxy/hosts.map a\\ b x\\;y");
 * ```
 */
export function cli(strings: TemplateStringsArray, ...values: readonly CliValue[]): string {
  let line = strings[0] ?? "";
  values.forEach((value, index) => {
    const words = Array.isArray(value) ? value : value === undefined ? [] : [value];
    line += words.map(escapeWord).join(" ") + (strings[index + 1] ?? "");
  });
  return trimBlanks(line);
}

/**
 * Escapes one value so that HAProxy reads it back as one word.
 *
 * @param value the word
 * @returns the word with `\` before every space, tab, `;`, `\` and `<`
 * @throws {InvalidCommand} when it is empty, holds CR, LF or NUL, or half a surrogate pair (which UTF-8 cannot express)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { escapeWord } from "./command.ts";
 * assert.equal(escapeWord("a; b"), "a\\;\\ b");
 * ```
 */
export function escapeWord(value: string | number | bigint): string {
  const word = String(value);
  if (word === "") throw new InvalidCommand(word, "a value is empty, which HAProxy's CLI cannot express");
  refuseInexpressible(word);
  return word.replace(/[ \t;\\<]/g, "\\$&");
}

/** A line with `***` for a word that must not be seen, as it is and as it is escaped. */
export function withoutWord(line: string, word: string): string {
  return line.replaceAll(escapeWord(word), "***").replaceAll(word, "***");
}

/**
 * Checks a line that somebody else wrote.
 *
 * @param line the command, or several with `;` between them
 * @returns the same line
 * @throws {InvalidCommand} when it is blank, holds what HAProxy's CLI cannot express, or ends so that HAProxy would wait
 * for more: in a `\`, or in the mark of a payload
 */
export function checkLine(line: string): string {
  refuseInexpressible(line);
  if (line.trim() === "") throw new InvalidCommand(line, "the command is empty");
  if (isEscaped(line, line.length)) throw new InvalidCommand(line, "the `\\` at its end escapes nothing");
  if (line.includes("<<") && hasPayloadMark(line)) {
    throw new InvalidCommand(line, "it ends in the mark of a payload, which has to be given as one");
  }
  return line;
}

/**
 * Whether the line is exactly one command: it has no unescaped `;`.
 *
 * @param line one that {@linkcode checkLine} accepts
 */
export function isSingleCommand(line: string): boolean {
  return !line.includes(";") || !line.replace(ESCAPED, "__").includes(";");
}

/**
 * The commands of a line, without the blanks around them; empty ones are left out.
 *
 * @param line one that {@linkcode checkLine} accepts
 */
export function splitCommands(line: string): string[] {
  const bare = line.replace(ESCAPED, "__");
  const commands: string[] = [];
  for (let start = 0; start <= line.length;) {
    const semicolon = bare.indexOf(";", start);
    const end = semicolon < 0 ? line.length : semicolon;
    const command = trimBlanks(line.slice(start, end)).replace(/^[ \t]+/, "");
    if (command !== "") commands.push(command);
    start = end + 1;
  }
  return commands;
}

/** Two characters that HAProxy takes for one without a meaning. */
const ESCAPED = /\\./gs;

/** HAProxy before 2.9 looks at the last two characters, later ones at the last word. */
function hasPayloadMark(line: string): boolean {
  const bare = line.replace(ESCAPED, "__").replace(/[ \t]+$/, "");
  const lastWord = bare.slice(Math.max(bare.lastIndexOf(" "), bare.lastIndexOf("\t")) + 1);
  return lastWord.startsWith("<<") || lastWord.endsWith("<<");
}

function refuseInexpressible(text: string): void {
  const forbidden = /[\r\n\0]/.exec(text);
  if (forbidden) {
    const name = { "\r": "CR", "\n": "LF", "\0": "NUL" }[forbidden[0]] ?? "";
    throw new InvalidCommand(text, `${name} at character ${forbidden.index + 1} would end the command there`);
  }
  if (!text.isWellFormed()) {
    throw new InvalidCommand(text, "it holds half a surrogate pair, which UTF-8 cannot express");
  }
}

/** Removes blanks at the end that belong to no word (an optional value that was left out leaves one behind). */
function trimBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t") && !isEscaped(line, end - 1)) end--;
  return line.slice(0, end);
}

/** Whether an odd number of `\` stands before the index. */
function isEscaped(line: string, index: number): boolean {
  let backslashes = 0;
  while (line[index - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
