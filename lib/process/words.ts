/**
 * Command lines as words: split as a shell does, variables put in. No shell is asked, and nothing else of one is done.
 */
import { InvalidDefinition } from "./errors.ts";

/**
 * Splits a line into words. Quotes and backslashes hold blanks together; within double quotes a backslash stands before
 * `"`, `\`, `$` and `` ` ``.
 *
 * @param line `convert "my file" -o out\ put`
 * @param process its name, for the error
 * @throws {InvalidDefinition} when a quote is not closed, or the line ends with a backslash
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitWords } from "./words.ts";
 * assert.deepEqual(splitWords(`sh -c "echo \\"hi\\"" 'a b'c`, "x"), ["sh", "-c", 'echo "hi"', "a bc"]);
 * ```
 */
export function splitWords(line: string, process: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let rest = line; rest !== "";) {
    const [piece = ""] = PIECE.exec(rest) ?? [];
    if (piece === "") throw new InvalidDefinition(process, `"${line}" ends within a quote or behind a backslash`);
    rest = rest.slice(piece.length);
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + meaning(piece);
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Blanks, `'…'`, `"…"`, a backslash with what follows, or anything up to the next of these. */
const PIECE = /^(?:\s+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]+)/;

function meaning(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["\\$`])/g, "$1").replace(/\\\n/g, "");
  if (piece.startsWith("\\")) return piece === "\\\n" ? "" : piece.slice(1);
  return piece;
}

/**
 * Puts variables into words: `$NAME` and `${NAME}`; `$$` is a dollar. A dollar with anything else behind it, such as a
 * shell's `$1`, stays as it is.
 *
 * @param words the program's arguments
 * @param env where the variables are
 * @param process its name, for the error
 * @throws {InvalidDefinition} when there is no such variable
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { substitute } from "./words.ts";
 * assert.deepEqual(substitute(["--port=${PORT}", "$$5"], { PORT: "80" }, "x"), ["--port=80", "$5"]);
 * ```
 */
export function substitute(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  process: string,
): string[] {
  return words.map((word) =>
    word.replace(/\$(?:\$|([A-Za-z_]\w*)|\{(\w+)\})/g, (found, plain?: string, braced?: string) => {
      const name = plain ?? braced;
      if (name === undefined) return "$";
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined) throw new InvalidDefinition(process, `"${found}" in its arguments is not in its env`);
      return value;
    })
  );
}
