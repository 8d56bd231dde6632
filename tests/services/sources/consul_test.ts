import assert from "node:assert/strict";
import { type ConsulOptions, consulSource } from "../../../lib/services/mod.ts";
import { ConsulPeer, consulProgram } from "../../peers/consul.ts";
import { freePort } from "../../../scripts/haproxy/ports.ts";
import { StandIn } from "./consul/stand_in.ts";
import { Heard } from "./heard.ts";

/** Ignored, by name, only where there is no Consul: `deno run -A scripts/peers/consul.ts` builds one. */
const withConsul = { ignore: consulProgram === undefined };

const QUICK: ConsulOptions = { throttleMs: 1, retryMs: 20, waitMs: 60_000 };

/** A service with a check that passes until somebody says otherwise. */
function service(id: string, port: number, more: Record<string, unknown> = {}) {
  const check = { CheckID: `c-${id}`, Name: "c", TTL: "10m", Status: "passing" };
  return { ID: id, Name: id.split("-")[0], Address: "10.0.0.1", Port: port, Check: check, ...more };
}

Deno.test("consulSource() follows all services and their health [Consul]", withConsul, async () => {
  await using consul = await ConsulPeer.start();
  await consul.put("service/register", service("web-1", 80, { Tags: ["weight=10", "v2"], Meta: { zone: "a" } }));
  await consul.put("service/register", service("bare-1", 0));
  await using heard = new Heard(consulSource("own", { ...QUICK, url: consul.url }));
  await heard.untilHosts("web: 10.0.0.1:80");
  assert.deepEqual(heard.pictures.at(-1)?.get("web"), [{
    unit: "n1/web-1",
    hosts: [{ hostname: "10.0.0.1", port: 80 }],
    weight: 10,
    meta: { weight: "10", zone: "a", node: "n1", tags: "weight=10,v2" },
  }]);
  await consul.put("service/register", service("db-1", 5432, { Address: "" }));
  await heard.untilHosts("db: 127.0.0.1:5432\nweb: 10.0.0.1:80");
  await consul.put("service/register", service("web-2", 81));
  await heard.untilHosts("db: 127.0.0.1:5432\nweb: 10.0.0.1:80 10.0.0.1:81");
  await consul.put("check/fail/c-web-1");
  await heard.untilHosts("db: 127.0.0.1:5432\nweb: 10.0.0.1:81");
  await consul.put("check/warn/c-web-2");
  await heard.untilHosts("db: 127.0.0.1:5432");
  await consul.put("check/pass/c-web-1");
  await heard.untilHosts("db: 127.0.0.1:5432\nweb: 10.0.0.1:80");
  await consul.put("service/deregister/db-1");
  await heard.untilHosts("web: 10.0.0.1:80");
  assert.deepEqual(heard.troubles, []);
});

Deno.test("consulSource() takes what has a tag, and what warns if it is told to [Consul]", withConsul, async () => {
  await using consul = await ConsulPeer.start();
  const weights = { Weights: { Passing: 100, Warning: 5 } };
  await consul.put("service/register", service("web-1", 80, { Tags: ["blue"], ...weights }));
  await consul.put("service/register", service("web-2", 81, { Tags: ["green"] }));
  await consul.put("check/warn/c-web-1");
  const options = { ...QUICK, url: consul.url, services: ["web"], tag: "blue", health: "warning" } as const;
  await using heard = new Heard(consulSource("own", options));
  await heard.untilHosts("web: 10.0.0.1:80");
  assert.equal(heard.pictures.at(-1)?.get("web")?.[0]?.weight, 5);
});

Deno.test(
  "consulSource() keeps the picture while Consul is away, and waits for no index of before [Consul]",
  withConsul,
  async () => {
    const port = freePort();
    const first = await ConsulPeer.start(port);
    for (const id of ["web-1", "web-2", "web-3"]) await first.put("service/register", service(id, 80));
    await using heard = new Heard(consulSource("own", { ...QUICK, url: first.url, services: ["web"] }));
    await heard.untilHosts("web: 10.0.0.1:80 10.0.0.1:80 10.0.0.1:80");
    await first.kill();
    await heard.untilTrouble(/Cannot read "http:\/\/127\.0\.0\.1:\d+\/v1\/health\/service\/web": /);
    assert.equal(heard.hosts, "web: 10.0.0.1:80 10.0.0.1:80 10.0.0.1:80");
    // Its index begins anew.
    await using second = await ConsulPeer.start(port);
    await second.put("service/register", service("web-4", 84));
    await heard.untilHosts("web: 10.0.0.1:84");
    await heard.untilTrouble(undefined);
  },
);

Deno.test("consulSource() asks without blocking after an index that went back", async () => {
  await using consul = new StandIn();
  consul.set("web", ["10.0.0.1"], "500");
  await using heard = new Heard(consulSource("own", { ...QUICK, url: consul.url, services: ["web"] }));
  await heard.untilHosts("web: 10.0.0.1:80");
  await consul.blocked();
  consul.set("web", ["10.0.0.2"], "7");
  await heard.untilHosts("web: 10.0.0.2:80");
  await consul.blocked();
  assert.deepEqual(consul.indexes, [null, "500", null, "7"]);
});

Deno.test("consulSource() sends an index of at least 1, and does not run in circles", async () => {
  await using consul = new StandIn();
  consul.set("web", ["10.0.0.1"], "0");
  await using heard = new Heard(consulSource("own", { ...QUICK, url: consul.url, services: ["web"] }));
  await heard.untilHosts("web: 10.0.0.1:80");
  await consul.blocked();
  assert.deepEqual(consul.indexes, [null, "1"]);
});

Deno.test("consulSource() asks a server that does not block from time to time", async () => {
  await using consul = new StandIn();
  consul.set("web", ["10.0.0.1"], undefined);
  const options = { ...QUICK, url: consul.url, services: ["web"], intervalMs: 10 };
  await using heard = new Heard(consulSource("own", options));
  await heard.untilHosts("web: 10.0.0.1:80");
  consul.set("web", ["10.0.0.2"], undefined);
  await heard.untilHosts("web: 10.0.0.2:80");
  assert.ok(consul.indexes.every((index) => index === null));
});

Deno.test("consulSource() sends its token, and says what Consul says of it", async () => {
  const tokenFile = await Deno.makeTempFile();
  await Deno.writeTextFile(tokenFile, "wrong\n");
  {
    await using consul = new StandIn("secret");
    consul.set("web", ["10.0.0.1"], "5");
    await using heard = new Heard(consulSource("own", { ...QUICK, url: consul.url, services: ["web"], tokenFile }));
    await heard.untilTrouble(/it answered 403 "ACL not found"/);
    await Deno.writeTextFile(tokenFile, "secret\n");
    await heard.untilHosts("web: 10.0.0.1:80");
    await heard.untilTrouble(undefined);
  }
  await Deno.remove(tokenFile);
});

Deno.test("consulSource() refuses a catalog with more services than it may look at", async () => {
  await using consul = new StandIn();
  for (const name of ["a", "b", "c"]) consul.set(name, ["10.0.0.1"], "5");
  await using heard = new Heard(consulSource("own", { ...QUICK, url: consul.url, maxServices: 2 }));
  await heard.untilTrouble(/it has 3 services, and 2 are looked at: name those that matter/);
});
