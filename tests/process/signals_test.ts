import assert from "node:assert/strict";
import { InvalidSignal } from "../../lib/process/errors.ts";
import { parseSignal, signalName } from "../../lib/process/signals.ts";

Deno.test("parseSignal() and signalName() agree with the system's kill", async () => {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", "for n in $(seq 1 31); do kill -l $n; done"],
  }).output();
  const names = new TextDecoder().decode(stdout).trim().split("\n");
  assert.equal(names.length, 31);
  for (const [at, name] of names.entries()) {
    assert.equal(parseSignal(name), at + 1);
    assert.equal(parseSignal(`sig${name.toLowerCase()}`), at + 1);
    assert.equal(signalName(at + 1), `SIG${name}`);
  }
});

Deno.test("parseSignal() takes numbers as text", () => {
  assert.equal(parseSignal("9"), 9);
  assert.equal(parseSignal("09"), 9);
});

for (const given of ["", "0", 0, 32, 64, "-9", -9, 9.5, "1e1", "NOPE", "SIG", "TERM ", "SIGSIGTERM", NaN]) {
  Deno.test(`parseSignal() refuses ${JSON.stringify(given)}`, () => {
    assert.throws(() => parseSignal(given), InvalidSignal);
  });
}

Deno.test("signalName() gives the number where there is no name", () => {
  assert.equal(signalName(40), "40");
  assert.equal(signalName(0), "0");
});
