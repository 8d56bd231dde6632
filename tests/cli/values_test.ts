import assert from "node:assert/strict";
import { UsageError } from "../../lib/cli/usage_error.ts";
import { choice, readDuration, readInteger, word } from "../../lib/cli/values.ts";

Deno.test("readDuration() reads a number with its unit", () => {
  const cases = { "500ms": 500, "1.5s": 1_500, "10s": 10_000, "2m": 120_000, "1h": 3_600_000, "24d": 24 * 86_400_000 };
  for (const [given, ms] of Object.entries(cases)) assert.equal(readDuration("--timeout", given), ms, given);
});

Deno.test("readDuration() refuses what has no unit, no number, or more than a timer counts", () => {
  for (const given of ["", "10", "s", "-1s", "1 s", "1w", "25d", "1e3s", "NaNs", "9999999999s"]) {
    assert.throws(() => readDuration("--timeout", given), UsageError, given);
  }
});

Deno.test("readInteger() keeps to its limits", () => {
  assert.equal(readInteger("--port", "0", 0, 65535), 0);
  assert.equal(readInteger("--port", "65535", 0, 65535), 65535);
  for (const given of ["", "65536", "-1", "1.5", "0x10", "1e3", " 1"]) {
    assert.throws(() => readInteger("--port", given, 0, 65535), /must be a whole number from 0 to 65535/, given);
  }
});

Deno.test("choice() takes its words in any case and says what they are", () => {
  const level = choice("LEVEL", ["DEBUG", "INFO"]);
  assert.deepEqual(level.parse("debug"), { success: true, value: "DEBUG" });
  const refused = level.parse("LOUD");
  assert.ok(!refused.success);
  assert.match(JSON.stringify(refused.error), /is none of DEBUG, INFO/);
});

Deno.test("word() offers its choices to the shell, with what they are about", () => {
  const method = word("METHOD", [["get_info", "Version and limits"], "get_stat", "set_var"]);
  assert.deepEqual([...method.suggest?.("get_") ?? []], [
    { kind: "literal", text: "get_info", description: [{ type: "text", text: "Version and limits" }] },
    { kind: "literal", text: "get_stat" },
  ]);
});
