import assert from "node:assert/strict";
import { cli } from "../../lib/socket/mod.ts";
import { fitsSession } from "../../lib/socket/fits_session.ts";

for (
  const line of [
    "show version",
    "show servers state be_web",
    "show map #1",
    "get weight be/s1",
    "disable server be/s1",
    "set server be/s1 weight 50%",
    cli`add map ${"#0"} ${"a;b"} ${"c d"}`,
  ]
) {
  Deno.test(`fitsSession() is true for ${line}`, () => assert.ok(fitsSession(line)));
}

for (
  const line of [
    "show stat",
    "show events buf0",
    "show errors",
    "show env",
    "show ssl cert",
    "show",
    "prompt",
    "quit",
    "wait 1s",
    "set severity-output none",
    "set timeout cli 1",
    "set ssl cert x",
    "get var proc.x",
    "reload",
    "@1 show version",
    "show version;show info",
    "toString valueOf",
    "show  version",
    `add map #0 k ${"v".repeat(8000)}`,
    `add map #0 k ${"€".repeat(3000)}`,
  ]
) {
  Deno.test(`fitsSession() is false for ${line.slice(0, 40)}`, () => assert.ok(!fitsSession(line)));
}

Deno.test("fitsSession() counts the bytes of a long line", () => {
  assert.ok(fitsSession(`add map #0 k ${"v".repeat(7000)}`));
  assert.ok(fitsSession(`add map #0 k ${"é".repeat(3500)}`));
  assert.ok(!fitsSession(`add map #0 k ${"é".repeat(4000)}`));
});
