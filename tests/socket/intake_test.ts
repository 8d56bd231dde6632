import assert from "node:assert/strict";
import fc from "fast-check";
import { Intake } from "../../lib/socket/intake.ts";

function put(intake: Intake, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const space = intake.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    intake.add(part.length);
    at += part.length;
  }
}

Deno.test("Intake keeps what arrived and forgets what was dropped, as a plain array would", () => {
  const step = fc.oneof(
    fc.integer({ min: 1, max: 40_000 }).map((add) => ({ add, drop: 0 })),
    fc.integer({ min: 0, max: 40_000 }).map((drop) => ({ add: 0, drop })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const intake = new Intake();
      let model = new Uint8Array();
      let next = 0;
      for (const { add, drop } of steps) {
        const bytes = Uint8Array.from({ length: add }, () => next++ % 251);
        put(intake, bytes);
        model = new Uint8Array([...model, ...bytes]);
        const dropped = Math.min(drop, model.length);
        intake.drop(dropped);
        model = model.slice(dropped);
        assert.equal(intake.length, model.length);
      }
      assert.deepEqual(intake.arrived, model);
    }),
    { numRuns: 30 },
  );
});

Deno.test("Intake gives back the room of a large answer", () => {
  const intake = new Intake();
  put(intake, new Uint8Array(3 * 1024 * 1024));
  intake.drop(intake.length);
  assert.ok(intake.space().length <= 64 * 1024);
});

Deno.test("Intake.text decodes UTF-8 and keeps a byte order mark", () => {
  const intake = new Intake();
  put(intake, new TextEncoder().encode("\ufeffé"));
  put(intake, new Uint8Array([0xff]));
  assert.equal(intake.text, "\ufeffé\ufffd");
});
