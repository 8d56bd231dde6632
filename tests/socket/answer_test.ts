import assert from "node:assert/strict";
import fc from "fast-check";
import { readAnswer } from "../../lib/socket/answer.ts";
import { CommandForbidden, CommandRefused, UnknownCommand } from "../../lib/socket/mod.ts";

const TEXTS: readonly (readonly [raw: string, text: string])[] = [
  ["\n", "\n"],
  ["3.2.26-1\n\n", "3.2.26-1\n\n"],
  ["[6]: 3.2.26-1\n\n", "3.2.26-1\n\n"],
  ["[4]: a warning\n\n", "a warning\n\n"],
  ["[9]: no mark\n", "[9]: no mark\n"],
  [" [3]: not at the start\n", " [3]: not at the start\n"],
  ["a\n[3]: in the middle\n", "a\n[3]: in the middle\n"],
  ["", ""],
];

for (const [raw, text] of TEXTS) {
  Deno.test(`readAnswer() takes ${JSON.stringify(raw)} for an answer`, () => {
    assert.deepEqual(readAnswer("show x", raw), { ok: true, text });
  });
}

const REFUSALS: readonly (readonly [raw: string, kind: typeof CommandRefused, words: string])[] = [
  ["[3]: No such backend.\n\n", CommandRefused, "No such backend."],
  ["[0]: Panic.\n", CommandRefused, "Panic."],
  ["[3]: Permission denied\n\n", CommandForbidden, "Permission denied"],
  ["Permission denied!\n", CommandForbidden, "Permission denied!"],
  [
    "[3]: This command is restricted to expert mode only.\n\n",
    CommandForbidden,
    "This command is restricted to expert mode only.",
  ],
  ["[6]: Unknown command: 'x', but maybe\n  y : z\n\n", UnknownCommand, "Unknown command: 'x', but maybe\n  y : z"],
  ["Unknown command, but maybe\n\n", UnknownCommand, "Unknown command, but maybe"],
  ["Unknown command. Please enter one\n\n", UnknownCommand, "Unknown command. Please enter one"],
  [
    "Can't find the target PID matching the prefix '@!9'\n",
    CommandRefused,
    "Can't find the target PID matching the prefix '@!9'",
  ],
  ["Can't connect to the target CLI!\n", CommandRefused, "Can't connect to the target CLI!"],
  ["The command line is too big for\n", CommandRefused, "The command line is too big for"],
  ["The command is too big for\n", CommandRefused, "The command is too big for"],
  ["The payload is too big. Please\n", CommandRefused, "The payload is too big. Please"],
];

for (const [raw, kind, words] of REFUSALS) {
  Deno.test(`readAnswer() takes ${JSON.stringify(raw)} for a refusal`, () => {
    const answer = readAnswer("the command", raw);
    assert.ok(!answer.ok && answer.error instanceof CommandRefused);
    assert.equal(answer.error.constructor, kind);
    assert.equal(answer.error.answer, words);
    assert.equal(answer.error.command, "the command");
    assert.match(answer.error.message, /^Cannot carry out "the command": HAProxy answered "[^\n]+"$/);
  });
}

Deno.test("readAnswer() takes the marks off all answers of a line with several commands", () => {
  assert.deepEqual(readAnswer("a;b;c", "[6]: one\n\ntwo\n\n[4]: three\n\n"), {
    ok: true,
    text: "one\n\ntwo\n\nthree\n\n",
  });
});

Deno.test("readAnswer() refuses a line with several commands when one of them is refused", () => {
  const answer = readAnswer("a;b;c", "[6]: one\n\n[3]: No such server.\n\n[6]: three\n\n");
  assert.ok(!answer.ok && answer.error instanceof CommandRefused);
  assert.equal(answer.error.answer, "No such server.");
});

Deno.test("readAnswer() never throws, and gives back every text without a mark as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (raw) => {
    const answer = readAnswer("show x", raw);
    if (answer.ok && !/^\[[0-7]\]: /.test(raw)) assert.equal(answer.text, raw);
  }));
});
