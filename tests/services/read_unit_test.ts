import assert from "node:assert/strict";
import fc from "fast-check";
import { readUnit } from "../../lib/services/read_unit.ts";
import { InvalidUnit } from "../../lib/services/errors.ts";

const WRONG: readonly (readonly [given: unknown, why: RegExp])[] = [
  [[], /it must be an object/],
  [{}, /it must have "hostname" and "port", or "hosts"/],
  [{ hostname: "a" }, /"port" is "undefined" and must be a whole number from 1 to 65535/],
  [{ hostname: "a", port: "80" }, /"port" is "80" and must be a whole number/],
  [{ hostname: "a b", port: 80 }, /"hostname" is "a b" and must be a name, an IPv4 or an IPv6 address/],
  [{ hostname: "10.0.0.1\n", port: 80 }, /"hostname" is/],
  [{ hostname: ":::", port: 80 }, /"hostname" is ":::"/],
  [{ hosts: [{ hostname: "a", port: 0 }] }, /"port" is "0"/],
  [{ hosts: "a:80" }, /"hosts" must be a list of at most 100/],
  [{ hosts: ["a:80"] }, /a host must be an object/],
  [{ hostname: "a", port: 80, weight: 257 }, /"weight" is "257" and must be a whole number from 0 to 256/],
  [{ hostname: "a", port: 80, state: "maint" }, /"state" is "maint" and must be "ready" or "drain"/],
  [{ hostname: "a", port: 80, meta: { a: 1 } }, /"meta" must be an object of at most 50 texts/],
  [{ hostname: "a", port: 80, prot: 80 }, /"prot" is unknown: the fields are hosts, hostname, port/],
];

for (const [given, why] of WRONG) {
  Deno.test(`readUnit() refuses ${JSON.stringify(given)}`, () => {
    assert.throws(
      () => readUnit("web/0", given),
      (thrown) => thrown instanceof InvalidUnit && why.test(thrown.message),
    );
  });
}

Deno.test("readUnit() takes several hosts, IPv6 addresses and a host beside them", () => {
  const given = { hostname: "b", port: 2, hosts: [{ hostname: "::1", port: 1, private_address: "fd00::1" }] };
  assert.deepEqual(readUnit("web/0", given).hosts, [
    { hostname: "::1", port: 1, private_address: "fd00::1" },
    { hostname: "b", port: 2 },
  ]);
});

for (const name of ["", "/web", "..", "web 0", "a\n", "x".repeat(128)]) {
  Deno.test(`readUnit() refuses the name ${JSON.stringify(name.slice(0, 20))}`, () => {
    assert.throws(() => readUnit(name, { hostname: "a", port: 1 }), /a name is 1 to 127 letters/);
  });
}

Deno.test("readUnit() reads a unit, or throws InvalidUnit, whatever it is given", () => {
  fc.assert(fc.property(fc.string(), fc.anything(), (name, given) => {
    try {
      assert.equal(readUnit(name, given).unit, name);
    } catch (thrown) {
      assert.ok(thrown instanceof InvalidUnit, String(thrown));
    }
  }));
});
