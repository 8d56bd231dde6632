/** What a provider writes: the plain keys for the first place, `extended_data` for the others. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { hostsOf } from "../../../lib/services/relation/databag.ts";
import { databagOf, type Offer } from "../../../lib/services/relation/provide.ts";

const INGRESS = "10.0.0.1";
const place = (hostname: string, privateAddress = INGRESS, port = 80) => ({
  hostname,
  port,
  "private-address": privateAddress,
});

const CASES: readonly (readonly [what: string, offer: Offer, first: object, rest: readonly object[]])[] = [
  ["a port alone", { port: 80 }, place(INGRESS), []],
  ["a hostname", { port: 80, hostname: "a" }, place("a"), []],
  ["a private address", { port: 80, privateAddress: "10.1.0.1" }, place(INGRESS, "10.1.0.1"), []],
  ["empty lists", { port: 80, hostname: [], privateAddress: [] }, place(INGRESS), []],
  ["several hostnames and no address", { port: 80, hostname: ["a", "b"] }, place("a"), [place("b")]],
  [
    "several addresses and no hostname",
    { port: 80, privateAddress: ["10.1.0.1", "10.1.0.2"] },
    place(INGRESS, "10.1.0.1"),
    [
      place(INGRESS, "10.1.0.2"),
    ],
  ],
  ["more hostnames than addresses", { port: 80, hostname: ["a", "b"], privateAddress: ["x"] }, place("a", "x"), [
    place("b"),
  ]],
  ["more addresses than hostnames", { port: 80, hostname: "a", privateAddress: ["x", "y"] }, place("a", "x"), [
    place(INGRESS, "y"),
  ]],
  ["places with ports of their own", { port: 80, extended: [{ hostname: "b", port: 81 }] }, place(INGRESS), [
    place("b", INGRESS, 81),
  ]],
];

for (const [what, offer, first, rest] of CASES) {
  Deno.test(`databagOf() writes ${what}`, () => {
    const { extended_data, port, ...others } = databagOf(offer, INGRESS);
    assert.deepEqual({ ...others, port: Number(port) }, first);
    assert.equal(typeof port, "string");
    assert.deepEqual(extended_data === "" ? [] : JSON.parse(extended_data ?? ""), rest);
  });
}

for (
  const offer of [{ port: 0 }, { port: 70000 }, { port: 80.5 }, { port: 80, hostname: "a b" }, {
    port: 80,
    privateAddress: "",
  }]
) {
  Deno.test(`databagOf() refuses ${JSON.stringify(offer)}`, () => {
    assert.throws(() => databagOf(offer, INGRESS), { code: "invalid_unit" });
  });
}

Deno.test("databagOf() refuses an ingress address that is none", () => {
  assert.throws(() => databagOf({ port: 80 }, "None such"), /"hostname" is "None such" and must be/);
});

Deno.test("hostsOf() reads back every place that databagOf() wrote", () => {
  const address = fc.oneof(fc.ipV4(), fc.domain().filter((name) => name.length < 200));
  const port = fc.integer({ min: 1, max: 65535 });
  const offers = fc.record({
    port,
    hostname: fc.array(address, { maxLength: 4 }),
    privateAddress: fc.array(address, { maxLength: 4 }),
    extended: fc.array(fc.record({ hostname: address, port, privateAddress: address }), { maxLength: 3 }),
  });
  fc.assert(fc.property(offers, fc.ipV4(), (offer, ingress) => {
    const { hostname, privateAddress, extended } = offer;
    const count = Math.max(1, hostname.length, privateAddress.length);
    const places = Array.from({ length: count }, (_, index) => ({
      hostname: hostname[index] ?? ingress,
      port: offer.port,
      private_address: privateAddress[index] ?? ingress,
    }));
    const more = extended.map((one) => ({
      hostname: one.hostname,
      port: one.port,
      private_address: one.privateAddress,
    }));
    const keys = (hosts: readonly object[]) => [...new Set(hosts.map((host) => JSON.stringify(host)))].sort();
    const read = hostsOf(databagOf(offer, ingress)).map(({ hostname, port, private_address }) => ({
      hostname,
      port,
      private_address,
    }));
    assert.deepEqual(keys(read), keys([...places, ...more]));
  }));
});
