import assert from "node:assert/strict";
import fc from "fast-check";
import { checkLine, cli, escapeWord, isSingleCommand, splitCommands } from "../../lib/socket/command.ts";
import { InvalidCommand } from "../../lib/socket/mod.ts";

/** Values that HAProxy's CLI can express, hostile ones first. */
const value = fc.oneof(
  fc.array(fc.constantFrom(" ", "\t", ";", "\\", "#", '"', "'", "<", "<<", "@1", "é", "\u00a0", "€", "😀", "a"), {
    minLength: 1,
    maxLength: 12,
  }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
).filter((text) => text !== "" && !/[\r\n\0]/.test(text) && text.isWellFormed());

/** How HAProxy reads a line: commands of words (management guide, 9.3). */
function readAsHaproxy(line: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === "\\" && at + 1 < line.length) word = (word ?? "") + line[++at];
    else if (character === " " || character === "\t") endWord();
    else if (character === ";") {
      endWord();
      commands.push([]);
    } else word = (word ?? "") + character;
  }
  endWord();
  return commands;
}

Deno.test("escapeWord() writes any value so that HAProxy reads exactly that one word", () => {
  fc.assert(
    fc.property(value, (text) => assert.deepEqual(readAsHaproxy(escapeWord(text)), [[text]])),
    { numRuns: 2000 },
  );
});

Deno.test("cli() writes any values so that HAProxy reads exactly those words in one command", () => {
  fc.assert(
    fc.property(value, fc.array(value), fc.option(value, { nil: undefined }), (first, list, last) => {
      const line = cli`add map ${first} ${list} ${last}`;
      assert.deepEqual(readAsHaproxy(line), [["add", "map", first, ...list, ...(last === undefined ? [] : [last])]]);
      assert.equal(checkLine(line), line);
      assert.ok(isSingleCommand(line));
      assert.deepEqual(splitCommands(line).length, 1);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("cli() writes numbers in decimal and leaves out what is undefined", () => {
  assert.equal(cli`set weight ${"be/s1"} ${10} ${18446744073709551615n}`, "set weight be/s1 10 18446744073709551615");
  assert.equal(cli`show stat ${undefined} ${[]}`, "show stat");
  assert.equal(cli`show version`, "show version");
});

Deno.test("cli() keeps a blank that a value ends in", () => {
  assert.equal(cli`add acl ${"/a"} ${"x "}`, "add acl /a x\\ ");
});

for (
  const [text, why] of [
    ["", /is empty/],
    ["a\nb", /LF at character 2/],
    ["a\r", /CR at character 2/],
    ["\0", /NUL at character 1/],
    ["\ud800x", /surrogate/],
  ] as const
) {
  Deno.test(`escapeWord() refuses ${JSON.stringify(text)} and says why`, () => {
    assert.throws(() => escapeWord(text), (thrown) => thrown instanceof InvalidCommand && why.test(thrown.message));
  });
}

for (
  const [line, why] of [
    ["", /is empty/],
    [" \t", /is empty/],
    ["show\nversion", /LF/],
    ["show\rversion", /CR/],
    ["show\0version", /NUL/],
    ["show version\\", /escapes nothing/],
    ["show version\\\\\\", /escapes nothing/],
    ["add map /m <<", /mark of a payload/],
    ["add map /m <<EOF", /mark of a payload/],
    ["add map /m << ", /mark of a payload/],
    ["add map /m<<", /mark of a payload/],
    ["add map /m\t<<%", /mark of a payload/],
  ] as const
) {
  Deno.test(`checkLine() refuses ${JSON.stringify(line)} and says why`, () => {
    assert.throws(() => checkLine(line), (thrown) => thrown instanceof InvalidCommand && why.test(thrown.message));
  });
}

for (
  const line of [
    "show version",
    "  show version",
    "a;b",
    "add map /m a\\\\",
    "add map /m a\\ ",
    "add map /m << b",
    "add map /m \\<\\<",
    "show version;;",
  ]
) {
  Deno.test(`checkLine() accepts ${JSON.stringify(line)}`, () => assert.equal(checkLine(line), line));
}

for (
  const [line, commands] of [
    ["show version", ["show version"]],
    ["a;b", ["a", "b"]],
    [" a ; b\tc ;", ["a", "b\tc"]],
    ["a\\;b;c\\\\;d", ["a\\;b", "c\\\\", "d"]],
    [";;a\\ ;", ["a\\ "]],
    [";", []],
  ] as const
) {
  Deno.test(`splitCommands() finds ${commands.length} in ${JSON.stringify(line)}`, () => {
    assert.deepEqual(splitCommands(line), commands);
    if (commands.length === 1 && !line.endsWith(";")) assert.ok(isSingleCommand(line));
    else assert.ok(!isSingleCommand(line));
  });
}

Deno.test("splitCommands() agrees with HAProxy about any line", () => {
  const line = fc.array(fc.constantFrom("a", " ", ";", "\\", "\t", "é", "<")).map((parts) => parts.join("") + "z");
  fc.assert(fc.property(line, (text) => {
    const expected = readAsHaproxy(text).filter((words) => words.length > 0);
    assert.deepEqual(splitCommands(text).flatMap((command) => readAsHaproxy(command)), expected);
  }));
});
