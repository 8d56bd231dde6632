/** `happi juju requires`, as a charm's hook calls it: what it shows, tells by flags, hands to a command and registers. */

import assert from "node:assert/strict";
import { Leases, Registry, servicesRoutes } from "../../../lib/services/mod.ts";
import { type StandIn, standIn } from "../../peers/juju/stand_in.ts";

const REQUIRES = ["juju", "requires", "reverseproxy"];

const departed = (relation: string, unit: string) => ({
  JUJU_HOOK_NAME: "reverseproxy-relation-departed",
  JUJU_RELATION_ID: relation,
  JUJU_REMOTE_UNIT: unit,
});

async function relateTwo(juju: StandIn): Promise<void> {
  await juju.relate("reverseproxy:1", {
    units: {
      "web/1": { hostname: "10.0.0.2", "private-address": "10.1.0.2", port: "80" },
      "web/0": { "private-address": "10.1.0.1", port: "80" },
      "web/2": { "private-address": "10.1.0.3" },
    },
  });
  await juju.relate("reverseproxy:2", {
    units: {
      "kibana/0": { host: "10.0.0.9", "private-address": "10.1.0.9", port: "5601" },
      "odd/0": { hostname: '"10.0.0.5"', "private-address": "None", port: '"443"', extended_data: "None" },
    },
  });
}

Deno.test("happi juju requires gives services() of all relations and units, in both forms of the interface", async () => {
  await using juju = await standIn();
  await relateTwo(juju);
  const { status, output } = await juju.hook([...REQUIRES, "--json"]);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(output), [
    { service_name: "kibana", hosts: [{ hostname: "10.0.0.9", port: 5601 }] },
    { service_name: "odd", hosts: [{ hostname: "10.0.0.5", port: 443 }] },
    { service_name: "web", hosts: [{ hostname: "10.0.0.2", port: 80 }, { hostname: "10.1.0.1", port: 80 }] },
  ]);
  const later = await juju.hook([...REQUIRES, "--json", "--private-address"]);
  assert.deepEqual(JSON.parse(later.output)[0].hosts, [
    { hostname: "10.0.0.9", "private-address": "10.1.0.9", port: 5601 },
  ]);
  const table = await juju.hook(REQUIRES);
  assert.match(table.output, /^service +unit +hostname +port\nkibana +kibana\/0 +10\.0\.0\.9 +5601\nodd +/);
  const tools = (await juju.calls()).map(([tool]) => tool);
  assert.deepEqual([...new Set(tools)].sort(), ["relation-get", "relation-ids", "relation-list"]);
});

Deno.test("happi juju requires says nothing where nothing is offered", async () => {
  await using juju = await standIn();
  assert.deepEqual(await juju.hook(REQUIRES), { status: 0, output: "", errors: "" });
  assert.deepEqual(JSON.parse((await juju.hook([...REQUIRES, "--json"])).output), []);
});

Deno.test("happi juju requires leaves a departing unit out, and keeps its flag until the last has gone", async () => {
  await using juju = await standIn();
  const flags = `${juju.folder}/flags`;
  const run = (variables = {}) => juju.hook([...REQUIRES, "--json", "--flags", flags], variables);
  const flag = (name: string) => Deno.readTextFile(`${flags}/reverseproxy.${name}`).catch(() => undefined);
  const unit = (address: string) => ({ "private-address": address, port: "80" });
  await juju.relate("reverseproxy:1", { units: { "web/0": { "private-address": "10.1.0.1" } } });
  await run();
  assert.equal(await flag("available"), undefined, "no port yet");
  await juju.relate("reverseproxy:1", { units: { "web/0": unit("10.1.0.1"), "web/1": unit("10.1.0.2") } });
  await run();
  assert.match(await flag("available") ?? "", /"10\.1\.0\.2"/);
  assert.match(await flag("changed") ?? "", /"10\.1\.0\.2"/);
  await Deno.remove(`${flags}/reverseproxy.changed`);
  await run();
  assert.equal(await flag("changed"), undefined, "the same as before");
  const { output } = await run(departed("reverseproxy:1", "web/1"));
  assert.deepEqual(JSON.parse(output)[0].hosts, [{ hostname: "10.1.0.1", port: 80 }]);
  assert.doesNotMatch(await flag("available") ?? "10.1.0.2", /"10\.1\.0\.2"/);
  assert.notEqual(await flag("changed"), undefined);
  await juju.relate("reverseproxy:1", { units: { "web/0": { "private-address": "10.1.0.1" } } });
  await run();
  assert.notEqual(await flag("available"), undefined, "the port has gone, the unit has not");
  await run(departed("reverseproxy:1", "web/0"));
  assert.equal(await flag("available"), undefined);
});

Deno.test("happi juju requires --on-change runs a command when the services are other, until it succeeds", async () => {
  await using juju = await standIn();
  const script = `cat >> ${juju.folder}/seen; echo "$1" >> ${juju.folder}/seen; test ! -e ${juju.folder}/broken`;
  const run = () => juju.hook([...REQUIRES, "--on-change", "sh", "-c", script, "sh", "--json"]);
  const seen = async () => {
    const lines = (await Deno.readTextFile(`${juju.folder}/seen`).catch(() => "")).split("\n").slice(0, -1);
    await Deno.writeTextFile(`${juju.folder}/seen`, "");
    return lines;
  };
  await relateTwo(juju);
  assert.equal((await run()).status, 0);
  const [services = "", word] = await seen();
  assert.deepEqual(JSON.parse(services).map(({ service_name: name }: { service_name: string }) => name), [
    "kibana",
    "odd",
    "web",
  ]);
  assert.equal(word, "--json", "what follows is the command's own");
  assert.equal((await run()).status, 0);
  assert.deepEqual(await seen(), []);
  await juju.unrelate("reverseproxy:2");
  await Deno.writeTextFile(`${juju.folder}/broken`, "");
  const failed = await run();
  assert.equal(failed.status, 1);
  assert.equal(failed.errors, 'happi: "sh" ended with status 1; the next hook runs it again\n');
  assert.equal((await seen()).length, 2);
  await Deno.remove(`${juju.folder}/broken`);
  assert.equal((await run()).status, 0);
  assert.equal((await seen()).length, 2);
  assert.equal((await run()).status, 0);
  assert.deepEqual(await seen(), []);
});

Deno.test("happi juju requires --on-change says what is in the way", async () => {
  await using juju = await standIn();
  const missing = await juju.hook([...REQUIRES, "--on-change"]);
  assert.deepEqual([missing.status, missing.output], [2, ""]);
  assert.match(missing.errors, /Cannot understand --on-change: a command is missing/);
  const unknown = await juju.hook([...REQUIRES, "--on-change", "no-such-program"]);
  assert.deepEqual(unknown, {
    status: 1,
    output: "",
    errors: 'happi: Cannot run "no-such-program": there is no such program\n',
  });
});

Deno.test("happi juju requires --legacy understands units as the haproxy charm does", async () => {
  await using juju = await standIn();
  const services = "- {service_name: registry, servers: [[r0, 10.0.0.1, 5000, check], [r1, 10.0.0.2, 5000]]}\n";
  await juju.relate("reverseproxy:1", {
    units: { "docker-registry/0": { port: "80", "private-address": "10.0.0.1", services } },
  });
  await juju.relate("reverseproxy:2", { units: { "bad/0": { services: "[" } } });
  const { status, output, errors } = await juju.hook([...REQUIRES, "--legacy", "--json"]);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(output), [
    { service_name: "registry", hosts: [{ hostname: "10.0.0.1", port: 5000 }, { hostname: "10.0.0.2", port: 5000 }] },
  ]);
  assert.equal(errors, 'happi: bad/0 is left out: its "services" is no YAML\n');
});

/** happi's services over HTTP. */
async function serveRegistry() {
  const registry = new Registry();
  const leases = await Leases.open(registry);
  const ended = new AbortController();
  const routes = servicesRoutes({ view: { registry, leases, sources: () => [] }, stopping: ended.signal });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const url = new URL(request.url);
    assert.match(url.pathname, /^\/api\/v1\//);
    return routes.fetch(new Request(new URL(url.pathname.slice("/api/v1".length), url), request));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    units: () =>
      registry.list().services.flatMap(({ service, units }) =>
        units.map(({ unit, hosts }) => [service, unit, hosts[0]?.hostname])
      ),
    async [Symbol.asyncDispose]() {
      ended.abort();
      await server.shutdown();
      await leases[Symbol.asyncDispose]();
    },
  };
}

Deno.test("happi juju requires --api registers what was found, and takes back what has gone", async () => {
  await using juju = await standIn();
  await using happi = await serveRegistry();
  const run = (variables = {}) => juju.hook([...REQUIRES, "--json", "--api", happi.url], variables);
  await relateTwo(juju);
  assert.equal((await run()).status, 0);
  assert.deepEqual(happi.units(), [
    ["kibana", "kibana/0", "10.0.0.9"],
    ["odd", "odd/0", "10.0.0.5"],
    ["web", "web/0", "10.1.0.1"],
    ["web", "web/1", "10.0.0.2"],
  ]);
  assert.equal((await run(departed("reverseproxy:1", "web/0"))).status, 0);
  assert.deepEqual(happi.units().map(([, unit]) => unit), ["kibana/0", "odd/0", "web/1"]);
  const broken = { JUJU_HOOK_NAME: "reverseproxy-relation-broken", JUJU_RELATION_ID: "reverseproxy:2" };
  assert.equal((await run(broken)).status, 0);
  assert.deepEqual(happi.units().map(([, unit]) => unit), ["web/0", "web/1"]);
});

Deno.test("happi juju requires --api fails where nobody answers, and the next hook makes up for it", async () => {
  await using juju = await standIn();
  await relateTwo(juju);
  let url = "";
  {
    await using happi = await serveRegistry();
    url = happi.url;
  }
  const run = (api: string) =>
    juju.hook([...REQUIRES, "--json", "--api", api, "--on-change", "touch", `${juju.folder}/ran`]);
  const { status, errors } = await run(url);
  assert.equal(status, 3);
  assert.equal(errors, `happi: Cannot reach the services' HTTP API at "${url}": nobody listens there\n`);
  await assert.rejects(Deno.stat(`${juju.folder}/ran`), Deno.errors.NotFound);
  await using happi = await serveRegistry();
  assert.equal((await run(happi.url)).status, 0);
  assert.equal(happi.units().length, 4);
  await Deno.stat(`${juju.folder}/ran`);
  assert.match((await run("ftp://x")).errors, /Cannot use "ftp:\/\/x" as --api/);
});
