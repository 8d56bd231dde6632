import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidDefinition } from "../../lib/process/errors.ts";
import { splitWords, substitute } from "../../lib/process/words.ts";

const LINES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["", []],
  ["  \t\n ", []],
  ["a  b\tc", ["a", "b", "c"]],
  ["'a b' c", ["a b", "c"]],
  [`"a b"c'd e'`, ["a bcd e"]],
  ["''", [""]],
  [`a "" b`, ["a", "", "b"]],
  [String.raw`a\ b`, ["a b"]],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  [String.raw`"a\b\"\\\$\`"`, [String.raw`a\b"\$` + "`"]],
  ["a\\\nb", ["ab"]],
  [`"a\\\nb"`, ["ab"]],
  ["a;b|c>d # e", ["a;b|c>d", "#", "e"]],
  ["größe 🦆", ["größe", "🦆"]],
];
for (const [line, words] of LINES) {
  Deno.test(`splitWords() gives ${JSON.stringify(words)} for ${JSON.stringify(line)}`, () => {
    assert.deepEqual(splitWords(line, "x"), words);
  });
}

for (const line of ["'", '"', "a 'b", 'a "b\\"', "a\\"]) {
  Deno.test(`splitWords() refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => splitWords(line, "web"), InvalidDefinition);
  });
}

Deno.test("splitWords() gives words that were quoted as they were", () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
    assert.deepEqual(splitWords(words.map(quote).join(" "), "x"), words);
  }));
});

Deno.test("splitWords() splits as sh does", async () => {
  const letter = fc.constantFrom("a", " ", "'", '"', "\\", "\t", "é", "-");
  const lines = fc.sample(fc.string({ unit: letter, maxLength: 20 }), { numRuns: 300, seed: 5 });
  const given = lines.flatMap((line) => {
    try {
      return [{ line, words: splitWords(line, "x") }];
    } catch {
      return []; // sh would wait for more
    }
  });
  const script = given.map(({ line }) =>
    `set -- ${line}\nfor one in "$@"; do printf '%s\\0' "$one"; done; printf '\\0\\n\\0'\n`
  );
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script.join("")] }).output();
  const blocks = new TextDecoder().decode(stdout).split("\0\n\0").slice(0, -1);
  assert.deepEqual(
    given.map(({ words }) => words),
    blocks.map((block) => block === "" ? [] : block.split("\0").slice(0, -1)),
  );
});

Deno.test("splitWords() takes a very long quote", () => {
  const long = "x".repeat(5_000_000);
  assert.deepEqual(splitWords(`'${long}'`, "x"), [long]);
  assert.deepEqual(splitWords(`"${long}"`, "x"), [long]);
});

Deno.test("substitute() puts in what is in the environment, and refuses what is not", () => {
  const env = { A: "1", LONG_NAME: "$A", EMPTY: "" };
  assert.deepEqual(substitute(["$A$A", "${A}B", "$LONG_NAME", "[$EMPTY]", "$$A", "$", "a$ b", "$-", "$1"], env, "x"), [
    "11",
    "1B",
    "$A",
    "[]",
    "$A",
    "$",
    "a$ b",
    "$-",
    "$1",
  ]);
  for (const word of ["$B", "${B}", "$constructor", "$AB"]) {
    assert.throws(() => substitute([word], env, "web"), {
      name: "InvalidDefinition",
      message: new RegExp(`process "web"`),
    });
  }
});
