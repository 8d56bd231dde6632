import assert from "node:assert/strict";
import fc from "fast-check";
import {
  afterPrompt,
  betweenPrompts,
  hasSecondPrompt,
  isMissingTarget,
  isPrompt,
  routeBothWays,
  routeToTarget,
} from "../../lib/socket/target.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("routeToTarget() sends every command of a line to the target", () => {
  assert.equal(routeToTarget("show info", "worker"), "@1 show info");
  assert.equal(routeToTarget("show info; show stat", "worker"), "@1 show info;@1 show stat");
  assert.equal(routeToTarget("add map #0 a\\;b c;show info;", { pid: 42 }), "@!42 add map #0 a\\;b c;@!42 show info");
  assert.equal(routeToTarget("show proc; show version", "master"), "show proc; show version");
});

Deno.test("routeBothWays() sends a whole line at once", () => {
  assert.equal(routeBothWays("a;wait 1", "worker"), "prompt\n@@1 a;wait 1");
  assert.equal(routeBothWays("wait 1", { pid: 42 }), "prompt\n@@!42 wait 1");
  assert.equal(routeBothWays("show proc", "master"), "prompt\nshow proc");
});

const PROMPTS = ["master> ", "master(x)> ", "master(xed)> ", "master[ReloadFailed]> ", "master[ReloadFailed](e)> "];

for (const prompt of PROMPTS) {
  Deno.test(`betweenPrompts() finds the answer between two of "${prompt}"`, () => {
    for (const answer of ["Done.\n\n", "\n", "", "a\nmaster> b\n\n"]) {
      assert.equal(betweenPrompts(prompt + answer + prompt), answer);
      assert.equal(hasSecondPrompt(encode(prompt + answer + prompt)), true);
    }
    assert.equal(betweenPrompts(prompt), undefined);
    assert.equal(betweenPrompts(`${prompt}half`), undefined);
    assert.equal(isPrompt(prompt), true);
    assert.equal(afterPrompt(`${prompt}rest`), "rest");
  });
}

Deno.test("hasSecondPrompt() is false while the answer is not whole, at whatever byte it is cut", () => {
  const whole = encode("master> one\nmaster is not a prompt\n> \n\nmaster> ");
  for (let length = 0; length < whole.length; length++) {
    assert.equal(hasSecondPrompt(whole.subarray(0, length)), false, `${length} bytes`);
  }
  assert.equal(hasSecondPrompt(whole), true);
});

Deno.test("hasSecondPrompt() takes a missing target for the whole answer", () => {
  const text = "master> Can't find the target PID matching the prefix '@@1'\n";
  assert.equal(hasSecondPrompt(encode(text)), true);
  assert.equal(betweenPrompts(text), text.slice(8));
});

Deno.test("isMissingTarget() knows the master's word and nothing else", () => {
  assert.equal(isMissingTarget(encode("Can't find the target PID matching the prefix '@!9'\n")), true);
  assert.equal(isMissingTarget(encode("Unknown\n\nCan't find the target PID matching the prefix '@!9'\n")), true);
  assert.equal(isMissingTarget(encode("Can't find the target PID matching the prefix '@!9'")), false);
  assert.equal(isMissingTarget(encode("3.2.26-1\n\n")), false);
  assert.equal(isMissingTarget(encode("")), false);
});

Deno.test("betweenPrompts() never throws and only gives what came", () => {
  const piece = fc.constantFrom("master> ", "master", "> ", "\n", "a", "Can't find the target PID x\n", "(x)");
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const text = pieces.join("");
    const answer = betweenPrompts(text);
    if (answer !== undefined) assert.ok(text.includes(answer));
  }));
});
