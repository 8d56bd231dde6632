/** What every parser of answers has to bear, as tests: error texts, garbage, halves and mutations of real answers, long lines. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";

/** Texts that HAProxy gives instead of an answer. */
const ERROR_TEXTS = [
  "Permission denied\n\n",
  "Can't allocate memory!\n\n",
  "Unknown command, but maybe one of the following ones is a better match:\n" +
  "  show ssl cert [<certfile>]              : display the SSL certificates used in memory\n" +
  "  help [<command>]                        : list matching or all commands\n\n",
  "Unknown command: 'show', but maybe one of the following ones is a better match:\n" +
  "  show libs                               : show loaded object files and libraries\n" +
  "  quit                                    : disconnect\n\n",
];

/** A line this long takes seconds where a pattern is quadratic, and a millisecond where it is not. */
const LONG = 100_000;
const LONG_LIMIT_MS = 3_000;

/** Made once: to make them costs more than to run them. */
const ARBITRARY = fc.string({ unit: "binary", maxLength: 300 });
const INSERTED = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("\n", " ", "\t", '"', ",", ": ", "=", "\0", "# ", "-1", "__proto__", "\n\n", "# name\n", "0x1: a\n"),
);

/** Registers the tests of one parser. `real` are answers that it reads. */
export function testHostileAnswers(symbol: string, parse: (answer: string) => unknown, real: readonly string[]): void {
  const mutated = fc.record({
    answer: fc.constantFrom(...real),
    where: fc.nat(1_000),
    removed: fc.nat(30),
    inserted: INSERTED,
  })
    .map(({ answer, where, removed, inserted }) => {
      const at = Math.floor(answer.length * where / 1_000);
      return answer.slice(0, at) + inserted + answer.slice(at + removed);
    });

  Deno.test(`${symbol}() refuses HAProxy's error texts`, () => {
    for (const text of ERROR_TEXTS) assert.throws(() => parse(text), UnexpectedAnswer);
  });

  Deno.test(`${symbol}() reads an answer the same with and without blank lines at its end`, () => {
    for (const answer of real) {
      const trimmed = answer.replace(/\n+$/, "");
      assert.deepEqual(parse(`${trimmed}\n\n\n`), parse(answer));
      assert.deepEqual(parse(trimmed), parse(answer));
    }
  });

  Deno.test(`${symbol}() throws nothing but UnexpectedAnswer and invents no rows when the text is arbitrary`, () => {
    fc.assert(fc.property(ARBITRARY, (text) => check(parse, text)));
    fc.assert(fc.property(mutated, (text) => check(parse, text)), { numRuns: 300 });
  });

  Deno.test(`${symbol}() throws nothing but UnexpectedAnswer and invents no rows when the answer is cut`, () => {
    for (const answer of real) {
      const step = Math.max(1, Math.floor(answer.length / 500));
      for (let end = 0; end < answer.length; end += step) check(parse, answer.slice(0, end));
    }
  });

  Deno.test(`${symbol}() takes linear time when a line is very long`, () => {
    const [answer = ""] = real;
    const lines = answer.split("\n");
    const places = lines.slice(0, 5).flatMap((line, index) =>
      [0, Math.floor(line.length / 2), line.length].map((column) => ({ line, index, column }))
    );
    for (const { line, index, column } of places) {
      for (const filler of [" ", "0", "a", "(", "'", ":", "\t", "=", "- ", " : ", "a ", "0.", "[", "\n", " - 0"]) {
        const long = line.slice(0, column) + filler.repeat(LONG / filler.length) + line.slice(column);
        const text = lines.with(index, long).join("\n");
        const start = performance.now();
        check(parse, text);
        const took = performance.now() - start;
        assert.ok(
          took < LONG_LIMIT_MS,
          `${took} ms for ${LONG} times ${JSON.stringify(filler)} in ${JSON.stringify(line)}`,
        );
      }
    }
  });
}

/** Parses; passes when there is a result with no more rows than lines, or an UnexpectedAnswer. */
function check(parse: (answer: string) => unknown, text: string): void {
  let result: unknown;
  try {
    result = parse(text);
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
    return;
  }
  const rows = Array.isArray(result) && typeof result[0] === "string" ? result.length : countRows(result);
  const lines = text.split("\n").length;
  assert.ok(rows <= lines, `${rows} rows from ${lines} lines`);
}

/** How many objects are in arrays, at the depth where there are most of them. */
function countRows(value: unknown): number {
  let level: unknown[] = [value];
  let most = 0;
  while (level.length > 0) {
    const objects = level.filter((item) => typeof item === "object" && item !== null);
    const rows = objects.flatMap((item) => Array.isArray(item) ? item.filter((row) => typeof row === "object") : []);
    most = Math.max(most, rows.length);
    level = objects.flatMap((item) => Object.values(item ?? {}));
  }
  return most;
}
