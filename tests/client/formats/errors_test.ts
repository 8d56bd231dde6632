import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { HappiError } from "../../../lib/errors.ts";

Deno.test("UnexpectedAnswer carries the whole answer when it quotes one line of it", () => {
  const error = new UnexpectedAnswer("show info", 'lines "Name: value"', "Name: HAProxy\nwhat\n", "what\n");
  assert.ok(error instanceof HappiError);
  assert.equal(error.name, "UnexpectedAnswer");
  assert.equal(error.answer, "Name: HAProxy\nwhat\n");
  assert.equal(error.expected, 'lines "Name: value"');
  assert.equal(error.message, 'Cannot read the answer to "show info": expected lines "Name: value", got "what"');
});

Deno.test("UnexpectedAnswer has a short message on one line when the answer is long and has control characters", () => {
  const { message } = new UnexpectedAnswer("show sess", "streams", "a\nb\u0000\u001b[0m\u2028" + "x".repeat(1_000_000));
  assert.match(message, /^Cannot read the answer to "show sess": expected streams, got "a b {2}\[0m x+\.\.\."$/);
  assert.ok(message.length < 200);
});

Deno.test("UnexpectedAnswer says nothing when the answer is blank", () => {
  assert.match(new UnexpectedAnswer("get weight", "a weight", "\n\n").message, /, got nothing$/);
});
