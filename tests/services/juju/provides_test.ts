/** A provider's relations: each has its own address, and only what is other is written. */

import assert from "node:assert/strict";
import { hookTools } from "../../../lib/services/juju/hook_tools.ts";
import { configure, ingressAddress, type Provision } from "../../../lib/services/juju/provides.ts";
import { ALL_TOOLS, type RelationOptions, standIn, type StandInOptions } from "../../peers/juju/stand_in.ts";

const PROVISION: Provision = { endpoint: "website", unit: "me/0", offer: { port: 8080 } };
const keys = (address: string, port = "8080") => ({ hostname: address, "private-address": address, port });

Deno.test("configure() gives each relation this unit's own address there, and writes once", async () => {
  await using juju = await standIn();
  const tools = hookTools({ env: juju.variables });
  const own = { "ingress-address": "10.1.0.1", "egress-subnets": "10.1.0.1/32", "private-address": "10.1.0.1" };
  await juju.relate("website:1", { ingress: "10.1.0.1", own, units: { "proxy/0": {} } });
  await juju.relate("website:2", { ingress: "192.168.7.1" });
  await juju.relate("db:3", { ingress: "10.3.0.1", units: { "db/0": {} } });
  assert.deepEqual(await configure(tools, PROVISION), [
    { relation: "website:1", address: "10.1.0.1", is_joined: true, written: { hostname: "10.1.0.1", port: "8080" } },
    { relation: "website:2", address: "192.168.7.1", is_joined: false, written: keys("192.168.7.1") },
  ]);
  assert.deepEqual(await juju.databag("website:1"), { ...own, ...keys("10.1.0.1") });
  assert.deepEqual(await juju.databag("website:2"), keys("192.168.7.1"));
  assert.deepEqual(await juju.databag("db:3"), {});
  await juju.calls();
  assert.ok((await configure(tools, PROVISION)).every(({ written }) => Object.keys(written).length === 0));
  assert.equal((await juju.calls()).filter(([tool]) => tool === "relation-set").length, 0);
  const port = await configure(tools, { ...PROVISION, offer: { port: 9090 } });
  assert.deepEqual(port.map(({ written }) => written), [{ port: "9090" }, { port: "9090" }]);
});

Deno.test("configure() takes an older list of places back, and sets keys as they are", async () => {
  await using juju = await standIn();
  const tools = hookTools({ env: juju.variables });
  await juju.relate("website:1", { ingress: "10.1.0.1" });
  await configure(tools, { ...PROVISION, offer: { port: 8080, hostname: ["a", "b"] } });
  assert.deepEqual(JSON.parse((await juju.databag("website:1"))["extended_data"] ?? ""), [
    { hostname: "b", port: 8080, "private-address": "10.1.0.1" },
  ]);
  const raw = { services: "- service_name: x\n" };
  const [done] = await configure(tools, { ...PROVISION, raw });
  assert.deepEqual(done?.written, { hostname: "10.1.0.1", extended_data: "", ...raw });
  assert.deepEqual(await juju.databag("website:1"), { ...keys("10.1.0.1"), ...raw });
});

Deno.test("configure() leaves a relation alone that is breaking, and does not count a unit that departs", async () => {
  await using juju = await standIn();
  const tools = hookTools({ env: juju.variables });
  await juju.relate("website:1", { ingress: "10.1.0.1", units: { "proxy/0": {} } });
  assert.deepEqual(await configure(tools, { ...PROVISION, leaving: { relation: "website:1" } }), []);
  const leaving = { relation: "website:1", unit: "proxy/0" };
  assert.deepEqual((await configure(tools, { ...PROVISION, leaving })).map(({ is_joined }) => is_joined), [false]);
});

Deno.test("configure() refuses an address that is none, and writes nothing then", async () => {
  await using juju = await standIn();
  await juju.relate("website:1", { ingress: "10.1.0.1" });
  const offer = { port: 8080, hostname: "no host" };
  await assert.rejects(configure(hookTools({ env: juju.variables }), { ...PROVISION, offer }), {
    code: "invalid_unit",
  });
  assert.deepEqual(await juju.databag("website:1"), {});
});

const WITHOUT = ALL_TOOLS.filter((tool) => tool !== "network-get");
const ADDRESSES: readonly (readonly [what: string, StandInOptions, RelationOptions, address: string])[] = [
  ["network-get's ingress address", {}, { ingress: "10.1.0.1" }, "10.1.0.1"],
  ["a bound address", {}, { network: { "bind-addresses": [{ addresses: [{ address: "10.2.0.1" }] }] } }, "10.2.0.1"],
  ["the databag where network-get fails", {}, { own: { "ingress-address": "10.3.0.1" } }, "10.3.0.1"],
  [
    "the databag where network-get is old",
    { networkGet: "old" },
    { own: { "ingress-address": "10.3.0.1" } },
    "10.3.0.1",
  ],
  ["unit-get without network-get", { tools: WITHOUT }, { own: { "private-address": "10.4.0.1" } }, "10.9.9.9"],
  ["the databag's private-address at last", { tools: WITHOUT.filter((tool) => tool !== "unit-get") }, {
    own: { "private-address": "10.4.0.1" },
  }, "10.4.0.1"],
  ["unit-get where network-get knows nothing", {}, { network: { "bind-addresses": [] } }, "10.9.9.9"],
];

for (const [what, options, relation, address] of ADDRESSES) {
  Deno.test(`ingressAddress() finds ${what}`, async () => {
    await using juju = await standIn(options);
    await juju.relate("website:1", relation);
    const tools = hookTools({ env: juju.variables });
    assert.equal(await ingressAddress(tools, { ...PROVISION, relation: "website:1" }), address);
  });
}

Deno.test("ingressAddress() tells every way that brought none", async () => {
  await using juju = await standIn({ tools: WITHOUT, garbage: { "unit-get": "null" } });
  await juju.relate("website:1");
  const asked = ingressAddress(hookTools({ env: juju.variables }), { ...PROVISION, relation: "website:1" });
  await assert.rejects(asked, {
    code: "no_ingress_address",
    message:
      'Cannot tell this unit\'s address on relation "website:1": cannot run "network-get": there is no such hook ' +
      'tool in the PATH of this hook; "ingress-address" has none; "unit-get" has none; "private-address" has none',
  });
});
