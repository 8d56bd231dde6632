import assert from "node:assert/strict";
import { consulUnits } from "../../../../lib/services/sources/consul/units.ts";

function entry(service: Record<string, unknown>, ...states: string[]) {
  return {
    Node: { Node: "n1", Address: "10.0.0.1" },
    Service: { ID: "web", Service: "web", Address: "", Port: 80, ...service },
    Checks: states.map((Status) => ({ Status })),
  };
}

Deno.test("consulUnits() takes a unit by the worst of its checks", () => {
  const all = [
    entry({ ID: "none" }),
    entry({ ID: "good" }, "passing", "passing"),
    entry({ ID: "warns" }, "passing", "warning"),
    entry({ ID: "bad" }, "warning", "critical", "passing"),
    entry({ ID: "odd" }, "passing", "splendid"),
  ];
  const names = (health: "passing" | "warning" | "any") =>
    consulUnits(all, health, "c").units.map(({ unit }) => unit.slice(3)).join(" ");
  assert.equal(names("passing"), "none good");
  assert.equal(names("warning"), "none good warns");
  assert.equal(names("any"), "none good warns bad odd");
});

Deno.test("consulUnits() tells of what is no unit, and gives the others", () => {
  const { units, faults } = consulUnits(
    [entry({ Address: "a b" }), entry({ ID: "x y" }), entry({ Port: 0 })],
    "any",
    "c",
  );
  assert.deepEqual(units.map(({ unit }) => unit), ["n1/x_y"]);
  assert.deepEqual(faults, [
    'Cannot read "c": service "web", unit "n1/web": "hostname" is "a b" and must be a name, an IPv4 or an IPv6 address',
  ]);
});

Deno.test("consulUnits() takes weight and maxconn from tags, and keeps as much metadata as a unit may have", () => {
  const Meta = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, "v".repeat(2000)]));
  const { units: [unit] } = consulUnits([entry({ Tags: ["weight=999", "maxconn=50"], Meta })], "any", "c");
  assert.deepEqual([unit?.weight, unit?.maxconn], [256, 50]);
  assert.equal(Object.keys(unit?.meta ?? {}).length, 50);
  assert.equal(unit?.meta?.["tags"], "weight=999,maxconn=50");
});

Deno.test("consulUnits() refuses what is not Consul's answer", () => {
  assert.throws(() => consulUnits({}, "any", "c"), /Cannot read "c": its answer is no list of services/);
});
