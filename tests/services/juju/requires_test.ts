/** services(): all relations and units of an endpoint, as one. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { httpInterface } from "../../../lib/services/http_interface.ts";
import { hookTools } from "../../../lib/services/juju/hook_tools.ts";
import { type RelationUnit, relationUnits } from "../../../lib/services/juju/relation_units.ts";
import { requiredServices } from "../../../lib/services/juju/requires.ts";
import { standIn } from "../../peers/juju/stand_in.ts";

Deno.test("relationUnits() reads every unit of every relation, but not who leaves", async () => {
  await using juju = await standIn();
  const tools = hookTools({ env: juju.variables });
  await juju.relate("proxy:1", { units: { "web/0": { port: "80" }, "web/1": { port: "81" } } });
  await juju.relate("proxy:2", { units: { "api/0": { port: "82" } } });
  await juju.relate("other:3", { units: { "db/0": { port: "83" } } });
  const named = (units: readonly RelationUnit[]) =>
    units.map(({ relation, unit, databag }) => [relation, unit, databag]);
  assert.deepEqual(named(await relationUnits(tools, "proxy")), [
    ["proxy:1", "web/0", { port: "80" }],
    ["proxy:1", "web/1", { port: "81" }],
    ["proxy:2", "api/0", { port: "82" }],
  ]);
  const departed = await relationUnits(tools, "proxy", { relation: "proxy:1", unit: "web/0" });
  assert.deepEqual(departed.map(({ unit }) => unit), ["web/1", "api/0"]);
  const broken = await relationUnits(tools, "proxy", { relation: "proxy:1" });
  assert.deepEqual(broken.map(({ unit }) => unit), ["api/0"]);
});

const unit = (relation: string, name: string, databag: Record<string, string>) => ({ relation, unit: name, databag });

Deno.test("requiredServices() merges an application of two relations, where the interface lost the first", () => {
  const units = [
    unit("proxy:1", "web/0", { hostname: "10.0.0.1", port: "80" }),
    unit("proxy:2", "web/0", { hostname: "192.168.0.1", port: "80" }),
    unit("proxy:2", "web/1", { hostname: "10.0.0.1", port: "80" }),
  ];
  assert.deepEqual(httpInterface(requiredServices(units)), [{
    service_name: "web",
    hosts: [{ hostname: "10.0.0.1", port: 80 }, { hostname: "192.168.0.1", port: 80 }],
  }]);
});

Deno.test("requiredServices() keeps the hosts of services apart and drops empty ones", () => {
  const units = [
    unit("proxy:1", "web/0", { hostname: "10.0.0.1", port: "80" }),
    unit("proxy:2", "api/0", { hostname: "10.0.0.2", port: "80" }),
    unit("proxy:3", "empty/0", { hostname: "10.0.0.3" }),
  ];
  assert.deepEqual(
    httpInterface(requiredServices(units)).map(({ service_name, hosts }) => [service_name, hosts.length]),
    [["api", 1], ["web", 1]],
  );
});

Deno.test("requiredServices() is the same for any order of relations and units", () => {
  const one = fc.record({
    relation: fc.constantFrom("proxy:1", "proxy:2", "proxy:10"),
    unit: fc.constantFrom("web/0", "web/1", "web/10", "api/0", "remote-0a1b/3"),
    databag: fc.record({
      hostname: fc.constantFrom("10.0.0.1", "10.0.0.2", "None", ""),
      "private-address": fc.constantFrom("10.1.0.1", "10.1.0.2", "None"),
      port: fc.constantFrom("80", "443", '"80"', "None"),
    }),
  });
  const units = fc.array(one, { maxLength: 8 });
  const shuffled = units.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
  );
  fc.assert(fc.property(shuffled, ([all, other]) => {
    const services = requiredServices(all);
    assert.deepEqual(requiredServices(other), services);
    for (const { hosts } of httpInterface(services, true)) assert.ok(hosts.length > 0);
  }));
});
