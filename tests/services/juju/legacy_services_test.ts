/** The haproxy charm's `services`, and which service a unit without them belongs to. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { legacyPicture } from "../../../lib/services/juju/legacy_picture.ts";
import { DEFAULT_SERVICE, legacyServices } from "../../../lib/services/juju/legacy_services.ts";
import type { RelationUnit } from "../../../lib/services/juju/relation_units.ts";

const unit = (name: string, databag: Record<string, unknown>): RelationUnit => ({
  relation: "px:1",
  unit: name,
  databag,
});
const at = (address: string, more: Record<string, unknown> = {}) => ({
  "private-address": address,
  port: "80",
  ...more,
});

/** Service names with their servers as `name host:port options`. */
async function serversOf(units: readonly RelationUnit[], configured?: readonly unknown[]) {
  const { services } = await legacyServices(units, configured === undefined ? {} : { configured });
  return Object.fromEntries(services.map(({ service_name, servers }) => [
    service_name,
    servers.map(({ name, host, port, options }) => [name, `${host}:${port}`, ...options].join(" ")),
  ]));
}

const REGISTRY = `
- service_name: registry
  service_host: 0.0.0.0
  service_port: 5000
  service_options: [mode http, "balance leastconn"]
  server_options: check inter 2000, rise 2
  servers:
  - [registry-0, 10.0.0.1, 5000, [check, weight 20]]
  - [registry-1, 10.0.0.2, "5000", "check,maxconn 50"]
  backends:
  - backend_name: registry-ui
    servers: [[ui-0, 10.0.0.3, 8080]]
`;

Deno.test("legacyServices() reads a service whole", async () => {
  const { services, left_out } = await legacyServices([unit("registry/0", at("10.0.0.1", { services: REGISTRY }))]);
  assert.deepEqual(left_out, []);
  assert.deepEqual(services, [{
    service_name: "registry",
    service_host: "0.0.0.0",
    service_port: 5000,
    service_options: ["mode http", "balance leastconn"],
    server_options: ["check inter 2000", "rise 2"],
    servers: [
      { name: "registry-0", host: "10.0.0.1", port: 5000, options: ["check", "weight 20"] },
      { name: "registry-1", host: "10.0.0.2", port: 5000, options: ["check", "maxconn 50"] },
    ],
    backends: [{ backend_name: "registry-ui", servers: [{ name: "ui-0", host: "10.0.0.3", port: 8080, options: [] }] }],
  }]);
  assert.deepEqual(legacyPicture(services), [
    {
      service: "registry",
      units: [
        { unit: "registry-0", hosts: [{ hostname: "10.0.0.1", port: 5000 }], weight: 20 },
        { unit: "registry-1", hosts: [{ hostname: "10.0.0.2", port: 5000 }], maxconn: 50 },
      ],
    },
    { service: "registry-ui", units: [{ unit: "ui-0", hosts: [{ hostname: "10.0.0.3", port: 8080 }] }] },
  ]);
});

Deno.test("legacyServices() unites the servers of several units; of the rest the first counts", async () => {
  const sent = (name: string, address: string, options: string) =>
    unit(name, {
      services: `[{service_name: app, service_host: 0.0.0.0, service_port: 80, service_options: [${options}],
        servers: [[${name.replace("/", "-")}, ${address}, 80, check], [shared, 10.9.9.9, 80]],
        backends: [{backend_name: side, servers: [[${name.replace("/", "-")}, ${address}, 81]]}]}]`,
    });
  const { services } = await legacyServices([
    sent("app/1", "10.0.0.2", "mode tcp"),
    sent("app/0", "10.0.0.1", "mode http"),
  ]);
  assert.equal(services.length, 1);
  assert.deepEqual(services[0]?.service_options, ["mode http"]);
  assert.deepEqual(services[0]?.servers.map(({ name }) => name), ["app-0", "app-1", "shared"]);
  assert.deepEqual(services[0]?.backends.map(({ servers }) => servers.map(({ name }) => name)), [["app-0", "app-1"]]);
});

Deno.test("legacyServices() puts units without services into the charm's own one, numbered", async () => {
  const units = [unit("web/1", at("10.0.0.2")), unit("web/0", at("10.0.0.1", { hostname: "www.example.com" }))];
  assert.deepEqual(await serversOf(units), {
    haproxy_service: [
      "web-0-80 10.0.0.1:80 maxconn 100 cookie S0 check",
      "web-1-80 10.0.0.2:80 maxconn 100 cookie S1 check",
    ],
  });
});

const CONFIGURED = [
  { service_name: "first", service_host: "0.0.0.0", service_port: 80 },
  { service_name: "web_service", service_host: "0.0.0.0", service_port: 81 },
  { service_name: "api", service_host: "0.0.0.0", service_port: 82 },
  { service_name: "site", service_host: "0.0.0.0", service_port: 83 },
];

const BELONGS: readonly (readonly [what: string, unit: RelationUnit, services: string[]])[] = [
  ["its application's name", unit("api/0", at("10.0.0.1")), ["api"]],
  ["its application's name and _service", unit("web/0", at("10.0.0.1")), ["web_service"]],
  ["service_name", unit("db/0", at("10.0.0.1", { service_name: "site" })), ["site"]],
  ["sitenames that there are", unit("db/0", at("10.0.0.1", { sitenames: "site nowhere api" })), ["api", "site"]],
  ["all of these together", unit("web/0", at("10.0.0.1", { sitenames: "site", service_name: "api" })), [
    "api",
    "site",
    "web_service",
  ]],
  ["the first where nothing fits", unit("db/0", at("10.0.0.1")), ["first"]],
  ["none where service_name is unknown", unit("web/0", at("10.0.0.1", { service_name: "nowhere" })), []],
  ["none without a port", unit("web/0", { "private-address": "10.0.0.1" }), []],
];

for (const [what, one, services] of BELONGS) {
  Deno.test(`legacyServices() finds a unit's service: ${what}`, async () => {
    const found = await serversOf([one], CONFIGURED);
    assert.deepEqual(Object.keys(found), services);
    for (const servers of Object.values(found)) {
      assert.deepEqual(servers, [`${one.unit.replace("/", "-")}-80 10.0.0.1:80`]);
    }
  });
}

Deno.test("legacyServices() has the charm's own service only while no unit sends any", async () => {
  const units = [unit("web/0", at("10.0.0.1")), unit("app/0", { services: "[{service_name: app}]" })];
  assert.deepEqual(await serversOf(units), { app: ["web-0-80 10.0.0.1:80"] });
  assert.equal(DEFAULT_SERVICE.service_name, "haproxy_service");
});

Deno.test("legacyServices() puts all_services without servers on the unit itself", async () => {
  const all = "- {service_name: www, service_port: 8080}\n- {service_name: other, servers: [[s, 10.0.0.9, 1]]}\n";
  assert.deepEqual(await serversOf([unit("apache2/0", { "private-address": "10.0.0.1", all_services: all })]), {
    other: ["s 10.0.0.9:1"],
    www: ["apache2-0-8080 10.0.0.1:8080"],
  });
});

Deno.test("legacyServices() gives services without an address all addresses and the next port but one", async () => {
  const server = "servers: [[s, 10.0.0.1, 80]]";
  const sent = unit("app/0", {
    services:
      `[{service_name: c, ${server}}, {service_name: a, ${server}}, {service_name: b, service_host: 10.1.1.1, service_port: 90, ${server}}]`,
  });
  const { services } = await legacyServices([sent]);
  assert.deepEqual(services.map((one) => [one.service_name, one.service_host, one.service_port]), [
    ["a", "0.0.0.0", 92],
    ["b", "10.1.1.1", 90],
    ["c", "0.0.0.0", 94],
  ]);
});

const FAULTS: readonly (readonly [services: string, why: string])[] = [
  ["[{service_name: app", 'its "services" is no YAML'],
  ["[{servers: []}]", 'a service has no "service_name"'],
  ["just words", 'a service has no "service_name"'],
  [
    "[{service_name: app, servers: [[s1, 10.0.0.1]]}]",
    'service "app": a server is ["s1","10.0.0.1"] and must be [NAME, HOST, PORT, OPTIONS]',
  ],
  [
    "[{service_name: app, servers: [[s1, 10.0.0.1, http]]}]",
    'service "app": a server is ["s1","10.0.0.1","http"] and must be [NAME, HOST, PORT, OPTIONS]',
  ],
];

for (const [services, why] of FAULTS) {
  Deno.test(`legacyServices() leaves out ${services}`, async () => {
    const good = unit("good/0", { services: "[{service_name: good, servers: [[s, 10.0.0.1, 80]]}]" });
    const found = await legacyServices([unit("app/0", at("10.0.0.1", { services })), good]);
    assert.deepEqual(found.left_out, [{ unit: "app/0", why }]);
    assert.deepEqual(found.services.map(({ service_name }) => service_name), ["good"]);
  });
}

Deno.test("legacyServices() takes None and nothing in services as if it had not been said", async () => {
  for (const services of ["", "None", " \n"]) {
    assert.deepEqual(Object.keys(await serversOf([unit("web/0", at("10.0.0.1", { services }))])), ["haproxy_service"]);
  }
});

Deno.test("legacyServices() understands all that it is told, and the same in any order", async () => {
  const databag = fc.record({
    "private-address": fc.constantFrom("10.0.0.1", "10.0.0.2", "None"),
    port: fc.constantFrom("80", "81", "None"),
    services: fc.oneof(
      fc.constant(""),
      fc.json(),
      fc.constantFrom("[{service_name: app, servers: [[s, 10.0.0.1, 80]]}]", REGISTRY),
    ),
    service_name: fc.constantFrom("", "app", "nowhere"),
  });
  const units = fc.uniqueArray(fc.record({ name: fc.constantFrom("web/0", "web/1", "app/0", "app/1"), databag }), {
    selector: ({ name }) => name,
  });
  await fc.assert(fc.asyncProperty(units, async (given) => {
    const all = given.map(({ name, databag }) => unit(name, databag));
    const found = await legacyServices(all);
    assert.deepEqual(await legacyServices(all.toReversed()), found);
    for (const { units } of legacyPicture(found.services)) assert.ok(units.length > 0);
  }));
});

Deno.test("legacyPicture() leaves out what HAProxy could not use", () => {
  const rest = { service_host: "0.0.0.0", service_port: 80, service_options: [], server_options: [], backends: [] };
  const server = (name: string, host: string) => ({ name, host, port: 80, options: [] });
  const servers = [server("bad name", "10.0.0.1"), server("s1", "no host"), server("s2", "10.0.0.2")];
  const picture = legacyPicture([{ service_name: "app", servers, ...rest }, { service_name: "a b", servers, ...rest }]);
  assert.deepEqual(picture, [{ service: "app", units: [{ unit: "s2", hosts: [{ hostname: "10.0.0.2", port: 80 }] }] }]);
});
