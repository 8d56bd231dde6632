/**
 * Lines and words the way HAProxy reads its configuration files (configuration manual 2.2 and 2.3): quotes, backslashes,
 * comments, environment variables, and the limits of a line.
 */

/** A word of a line. */
export interface Word {
  readonly text: string;
  readonly line: number;
  /** Where it begins, from 1. */
  readonly column: number;
  /** Whether it holds an environment variable, so that its text is not what HAProxy sees. */
  readonly hasVariable: boolean;
}

/** A line, without its comment. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly words: readonly Word[];
  /** Its text from the first word on. */
  readonly raw: string;
  /** Why HAProxy refuses the line whatever it says, if it does; there may be no words then. */
  readonly fault?: { readonly column: number; readonly message: string; readonly hint: string };
}

const MOST_WORDS = 64;

/**
 * Splits a file into lines and words. Never throws; empty lines are left out.
 *
 * @param text the file
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readLines } from "./words.ts";
 * const [line] = readLines('args ip=src "a b" c\\ d # comment\n');
 * assert.deepEqual(line?.words.map((word) => word.text), ["args", "ip=src", "a b", "c d"]);
 * ```
 */
export function readLines(text: string): Line[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const read = lines.map((line, index) => readLine(line, index + 1));
  if (last !== "") {
    const fault = {
      column: last.length + 1,
      message: "the last line has no line break, and HAProxy takes the file for truncated",
      hint: "end the file with a line break",
    };
    read.push({ ...readLine(last, lines.length + 1), fault });
  }
  return read.filter((line) => line.words.length > 0 || line.fault !== undefined);
}

function readLine(text: string, number: number): Line {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (isSpace(character)) {
      at++;
    } else if (character === "#") {
      break;
    } else {
      const word = readWord(text, at);
      if (typeof word === "string") {
        return { number, words: [], raw: text.trim(), fault: { column: at + 1, ...FAULTS[word] } };
      }
      words.push({ text: word.text, line: number, column: at + 1, hasVariable: word.hasVariable });
      at = word.end;
    }
  }
  const extra = words[MOST_WORDS];
  if (extra !== undefined) {
    return { number, words, raw: text.trim(), fault: { column: extra.column, ...FAULTS.words } };
  }
  return { number, words, raw: text.trim() };
}

const FAULTS = {
  quote: { message: "a quote is not closed", hint: 'close it, or write \\" for the character itself' },
  hex: { message: "\\x is not followed by two hexadecimal digits", hint: "write \\\\x for the two characters" },
  nul: { message: "there is a NUL character", hint: "remove it" },
  brace: { message: "the name of an environment variable is not closed", hint: 'write "${NAME}"' },
  words: {
    message: `there are more than ${MOST_WORDS} words`,
    hint: "HAProxy has no continued lines in this file: send less, or use another message",
  },
} as const;

interface ReadWord {
  readonly text: string;
  readonly end: number;
  readonly hasVariable: boolean;
}

/** What a letter behind a backslash stands for. */
const ESCAPES: ReadonlyMap<string, string> = new Map([["n", "\n"], ["r", "\r"], ["t", "\t"]]);

function readWord(text: string, start: number): ReadWord | keyof typeof FAULTS {
  let word = "";
  let quote = "";
  let hasVariable = false;
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\0") return "nul";
    if (quote === "'" && character !== "'") {
      word += character;
    } else if (character === quote) {
      quote = "";
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
    } else if (quote === "" && (isSpace(character) || character === "#")) {
      break;
    } else if (character === "\\" && at + 1 < text.length) {
      const next = text.charAt(at + 1);
      const hex = next === "x" ? text.slice(at + 2, at + 4) : "";
      if (next === "x" && !/^[0-9a-fA-F]{2}$/.test(hex)) return "hex";
      // Between double quotes a backslash is one, unless it hides something.
      const isOne = quote === '"' && !/[\\"$#' nrtx]/.test(next);
      word += next === "x" ? String.fromCharCode(parseInt(hex, 16)) : isOne ? "\\" + next : ESCAPES.get(next) ?? next;
      at += next === "x" ? 3 : 1;
    } else if (quote === '"' && character === "$" && /[A-Za-z_{]/.test(text.charAt(at + 1))) {
      const name = /^\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?:\[\*\])?\})/.exec(text.slice(at))?.[0];
      if (name === undefined) return "brace";
      hasVariable = true;
      word += name;
      at += name.length - 1;
    } else {
      word += character;
    }
  }
  return quote === "" ? { text: word, end: at, hasVariable } : "quote";
}

function isSpace(character: string): boolean {
  return character === " " || (character >= "\t" && character <= "\r");
}
