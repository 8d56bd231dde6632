import assert from "node:assert/strict";
import { refuseCycle, waitsFor } from "../../../lib/process/order/dependencies.ts";

const NONE = { isRunning: false, isReady: false, hasExitedWell: false };
const FACTS = {
  none: NONE,
  running: { ...NONE, isRunning: true },
  ready: { ...NONE, isRunning: true, isReady: true },
  done: { ...NONE, hasExitedWell: true },
} as const;
const MET: Readonly<Record<"started" | "ready" | "exited_ok", readonly (keyof typeof FACTS)[]>> = {
  started: ["running", "ready", "done"],
  ready: ["ready", "done"],
  exited_ok: ["done"],
};
for (const state of ["started", "ready", "exited_ok"] as const) {
  for (const is of ["none", "running", "ready", "done"] as const) {
    const isMet = MET[state].includes(is);
    Deno.test(`waitsFor() ${isMet ? "is content" : "waits"} when ${state} is wanted and it is ${is}`, () => {
      assert.equal(waitsFor({ name: "a", cmd: "a", depends_on: { b: state } }, () => FACTS[is]) === "", isMet);
    });
  }
}

Deno.test("refuseCycle() names the ring, and takes an update that breaks it", () => {
  const a = { name: "a", cmd: "a", depends_on: { b: "ready" } } as const;
  const b = { name: "b", cmd: "b" };
  refuseCycle([a, b]);
  const back = { ...b, depends_on: { a: "started" } } as const;
  assert.throws(() => refuseCycle([a, b, back]), {
    message: /process "b": they would wait for each other: "a", "b", "a"/,
  });
  assert.throws(() => refuseCycle([{ ...b, depends_on: { b: "started" } }]), { message: /"b", "b"/ });
  refuseCycle([a, back, { name: "a", cmd: "a" }]);
});
