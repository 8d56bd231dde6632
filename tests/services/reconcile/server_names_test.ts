import assert from "node:assert/strict";
import fc from "fast-check";
import { type Named, serverNames } from "../../../lib/services/reconcile/server_names.ts";

const named = (unit: string, more: Partial<Named> = {}): Named => ({
  ...{ pattern: "happi-{service}-{unit}", service: "web", unit, hostname: "10.0.0.1", port: 80 },
  ...{ isOneOfSeveral: false, ...more },
});

Deno.test("serverNames() keeps a name that HAProxy takes, and bends others to one of their own", () => {
  const [plain, odd, other] = serverNames([named("web/0"), named("blue green"), named("blue_green")]);
  assert.equal(plain, "happi-web-0");
  assert.match(odd ?? "", /^happi-web-blue_green-[0-9a-f]{7}$/);
  assert.equal(other, "happi-web-blue_green");
});

Deno.test("serverNames() tells the places of a unit apart, and units that would be alike", () => {
  const [one, two] = serverNames([80, 81].map((port) => named("web/0", { port, isOneOfSeveral: true })));
  assert.match(one ?? "", /^happi-web-0-[0-9a-f]{7}$/);
  assert.notEqual(one, two);
  const places = [80, 81].map((port) => named("web/0", { port, isOneOfSeveral: true, pattern: "{hostname}:{port}" }));
  assert.deepEqual(serverNames(places), ["10.0.0.1:80", "10.0.0.1:81"]);
  assert.equal(new Set(serverNames([named("web/0"), named("0")])).size, 2);
});

Deno.test("serverNames() gives names that HAProxy takes, no two alike, whatever units are called", () => {
  const unit = fc.oneof(fc.string({ minLength: 1, maxLength: 200 }), fc.constantFrom("web/0", "0", "web-0", "web/a/b"));
  const pattern = fc.constantFrom("happi-{service}-{unit}", "{unit}", "{hostname}-{port}", "same", "{meta.zone}");
  fc.assert(fc.property(fc.uniqueArray(unit, { maxLength: 9 }), pattern, (units, itsPattern) => {
    const names = serverNames(units.map((one, index) => named(one, { pattern: itsPattern, port: index + 1 })));
    assert.equal(new Set(names).size, units.length);
    for (const name of names) assert.match(name, /^[A-Za-z0-9_.:-]{1,80}$/);
  }));
});

Deno.test("serverNames() gives a unit the same name, whoever else is there and in whatever order", () => {
  const units = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(units, (numbers) => {
    const all = serverNames(numbers.map((one) => named(`web/${one}`)));
    numbers.forEach((one, index) => assert.deepEqual(serverNames([named(`web/${one}`)]), [all[index]]));
  }));
});
