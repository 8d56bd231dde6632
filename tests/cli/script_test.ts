import assert from "node:assert/strict";
import fc from "fast-check";
import { readScript, ScriptReader } from "../../lib/cli/script.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";

const read = (text: string) => Array.fromAsync(readScript(text.split("\n")));

Deno.test("readScript() gives a command a line, without empty lines and comments", async () => {
  assert.deepEqual(await read("show info\n\n  # a comment\n  show stat  \n"), [
    { command: "show info" },
    { command: "show stat" },
  ]);
});

Deno.test("readScript() takes lines after << up to an empty one", async () => {
  assert.deepEqual(await read("set ssl cert a.pem <<\none\n two\n\nshow info"), [
    { command: "set ssl cert a.pem", payload: "one\n two" },
    { command: "show info" },
  ]);
});

Deno.test("readScript() takes lines up to a terminator of their own, empty lines included", async () => {
  assert.deepEqual(await read("add map x <<END\na b\n\nc d\nEND\nshow map"), [
    { command: "add map x", payload: "a b\n\nc d" },
    { command: "show map" },
  ]);
});

Deno.test("readScript() ends a payload with the input, as HAProxy does", async () => {
  assert.deepEqual(await read("set ssl cert a.pem <<\none"), [{ command: "set ssl cert a.pem", payload: "one" }]);
});

Deno.test("readScript() refuses a payload whose own terminator never comes", async () => {
  await assert.rejects(() => read("add map x <<END\na b"), UsageError);
});

Deno.test("ScriptReader forgets a payload on reset", () => {
  const reader = new ScriptReader();
  assert.equal(reader.add("set ssl cert a.pem <<"), undefined);
  assert.equal(reader.isInPayload, true);
  reader.reset();
  assert.equal(reader.isInPayload, false);
  assert.deepEqual(reader.add("show info"), { command: "show info" });
});

Deno.test("readScript() keeps every payload as it is, whatever stands in it", async () => {
  const line = fc.string().filter((text) => !/[\r\n]/.test(text) && text !== "");
  await fc.assert(fc.asyncProperty(fc.array(line, { minLength: 1 }), async (lines) => {
    assert.deepEqual(await Array.fromAsync(readScript(["set ssl cert a <<", ...lines, "", "show info"])), [
      { command: "set ssl cert a", payload: lines.join("\n") },
      { command: "show info" },
    ]);
  }));
});
