import assert from "node:assert/strict";
import fc from "fast-check";
import { CURVES, pressureOf, weightPercent } from "../../../../lib/agent/checks/load/curve.ts";

Deno.test("weightPercent() is what LuccaSA's agent says at the same load", () => {
  // Its WeightResponse(value, 100, …) for values 0, 10, 25, 50, 75, 99, 100.
  const pressures = [0, 0.1, 0.25, 0.5, 0.75, 0.99, 1];
  assert.deepEqual(pressures.map((one) => weightPercent(one, "linear")), [100, 90, 75, 50, 25, 1, 1]);
  assert.deepEqual(pressures.map((one) => weightPercent(one, "first_order")), [100, 64, 32, 10, 4, 2, 1]);
});

Deno.test("weightPercent() never rises with the pressure and stays between its lowest and 100", () => {
  const pressure = fc.double({ min: 0, max: 3, noNaN: true });
  fc.assert(
    fc.property(pressure, pressure, fc.constantFrom(...CURVES), fc.constantFrom(0, 1), (a, b, curve, lowest) => {
      const [less, more] = [weightPercent(Math.min(a, b), curve, lowest), weightPercent(Math.max(a, b), curve, lowest)];
      assert.ok(Number.isInteger(less) && less <= 100 && less >= more && more >= lowest);
    }),
  );
});

Deno.test("weightPercent() is 0 only at full pressure and when asked", () => {
  assert.equal(weightPercent(1, "linear", 0), 0);
  assert.equal(weightPercent(0.999, "linear", 0), 1);
  assert.equal(weightPercent(5, "first_order"), 1);
});

Deno.test("pressureOf() is 0 before the range and more than 1 behind it", () => {
  const range = { from: 80, to: 100 };
  assert.deepEqual([0, 80, 90, 100, 120].map((value) => pressureOf(value, range)), [0, 0, 0.5, 1, 2]);
});
