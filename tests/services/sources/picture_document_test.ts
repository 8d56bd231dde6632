import assert from "node:assert/strict";
import { Registry } from "../../../lib/services/mod.ts";
import { readPicture } from "../../../lib/services/sources/picture_document.ts";

const WEB = new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]);

Deno.test("readPicture() reads happi's own shape, and what its API gives out", () => {
  assert.deepEqual(readPicture({ services: { web: { "web/0": { hostname: "10.0.0.1", port: 80 } } } }, "f"), WEB);
  const registry = new Registry();
  registry.put("a", WEB);
  assert.deepEqual(readPicture(JSON.parse(JSON.stringify(registry.list())), "f"), WEB);
  assert.deepEqual(readPicture({ services: {} }, "f"), new Map());
});

Deno.test("readPicture() reads lists of the http interface, with ports as texts and private addresses", () => {
  const hosts = [
    { hostname: "10.0.0.1", port: "80", "private-address": "10.0.0.1" },
    { hostname: "::1", port: 81, "private-address": "10.1.0.1" },
  ];
  assert.deepEqual(
    readPicture([{ service_name: "web", hosts }], "f"),
    new Map([["web", [
      { unit: "10.0.0.1:80", hosts: [{ hostname: "10.0.0.1", port: 80 }] },
      { unit: "0::1:81", hosts: [{ hostname: "::1", port: 81, private_address: "10.1.0.1" }] },
    ]]]),
  );
});

Deno.test("readPicture() puts the units of a service together that is listed more than once", () => {
  const entry = (port: number) => ({ service_name: "web", hosts: [{ hostname: "10.0.0.1", port }] });
  const units = readPicture([entry(80), entry(81), entry(82)], "f").get("web");
  assert.deepEqual(units?.map(({ unit }) => unit), ["10.0.0.1:80", "10.0.0.1:81", "10.0.0.1:82"]);
});

const BAD: readonly (readonly [document: unknown, message: string])[] = [
  [null, 'it must be {"services"'],
  [{}, 'it must be {"services"'],
  [{ services: 1 }, 'it must be {"services"'],
  [{ servces: {} }, 'key "servces" is unknown'],
  [{ services: { "a b": {} } }, '"a b" is no name of a service'],
  [{ services: { web: [] } }, 'service "web" must be an object with a key for each unit'],
  [{ services: { web: { "web/0": 1 } } }, 'service "web", unit "web/0": it must be an object'],
  [
    { services: { web: { "web/0": { hostname: "a", port: 0 } } } },
    'service "web", unit "web/0": "port" is "0" and must',
  ],
  [[{ service: "web" }], 'services[0] must have "service_name" and "hosts", or "service" and "units"'],
  [[{ service_name: "web", hosts: [1] }], 'a host of service "web" must be an object'],
  [
    [{ service_name: "web", hosts: [{ hostname: "a" }] }],
    'service "web", unit "a:NaN": "port" is "undefined" and must',
  ],
  [[{ service: "web", units: [{}] }], 'a unit of service "web" must have its name as "unit"'],
];

for (const [document, message] of BAD) {
  Deno.test(`readPicture() says ${message}`, () => {
    assert.throws(() => readPicture(document, "f"), (thrown) => {
      assert.ok(thrown instanceof Error);
      assert.ok(thrown.message.startsWith(`Cannot read "f": ${message}`), thrown.message);
      return true;
    });
  });
}
