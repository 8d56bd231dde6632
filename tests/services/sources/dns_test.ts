import assert from "node:assert/strict";
import { freePort } from "../../../scripts/haproxy/ports.ts";
import { type DnsOptions, dnsSource } from "../../../lib/services/mod.ts";
import { resolverOf } from "../../../lib/services/sources/dns/ask.ts";
import { dnsmasqProgram, startDnsmasq } from "../../peers/dnsmasq.ts";
import { Heard } from "./heard.ts";

/** Ignored, by name, only where dnsmasq cannot be had. */
const withDnsmasq = { ignore: "missing" in dnsmasqProgram };

const forever = new AbortController().signal;

function quick(port: number, names: DnsOptions["names"]): DnsOptions {
  const servers = [{ hostname: "127.0.0.1", port }];
  return { names, servers, intervalMs: 20, throttleMs: 1, retryMs: 20, timeoutMs: 500 };
}

Deno.test("dnsSource() follows addresses, and keeps them while nobody answers [dnsmasq]", withDnsmasq, async () => {
  const port = freePort();
  const names = [{ service: "web", name: "web.test", type: "A", port: 80 }] as const;
  let server = await startDnsmasq(["--host-record=web.test,10.0.0.2", "--host-record=web.test,10.0.0.1"], port);
  await using heard = new Heard(dnsSource("own", quick(port, names)));
  await heard.untilHosts("web: 10.0.0.1:80 10.0.0.2:80");
  await server.kill();
  await heard.untilTrouble(/Cannot read "web\.test": name server 127\.0\.0\.1:\d+: /);
  assert.equal(heard.hosts, "web: 10.0.0.1:80 10.0.0.2:80");
  server = await startDnsmasq(["--host-record=web.test,10.0.0.3"], port);
  await heard.untilHosts("web: 10.0.0.3:80");
  await server.kill();
  server = await startDnsmasq([], port);
  await heard.untilHosts("");
  assert.equal(heard.troubles.at(-1), undefined);
  await server.kill();
});

Deno.test("dnsSource() takes hosts, ports and weights from SRV records [dnsmasq]", withDnsmasq, async () => {
  const record = (target: string, priority: number, weight: number) =>
    `--srv-host=_http._tcp.web.test,${target}.test,8080,${priority},${weight}`;
  await using server = await startDnsmasq([
    record("a", 10, 1000),
    record("b", 10, 0),
    record("later", 20, 1),
    "--host-record=six.test,fd00::1",
  ]);
  await using heard = new Heard(dnsSource(
    "own",
    quick(server.port, [
      { service: "web", name: "_http._tcp.web.test", type: "SRV" },
      { service: "six", name: "six.test", type: "AAAA", port: 80 },
    ]),
  ));
  await heard.untilHosts("six: fd00::1:80\nweb: a.test:8080 b.test:8080");
  assert.deepEqual(heard.pictures.at(-1)?.get("web")?.map(({ weight, meta }) => [weight, meta]), [
    [256, { priority: "10" }],
    [1, { priority: "10" }],
  ]);
});

Deno.test(
  "resolverOf() tells no records from a refusal, and asks over TCP for what is long [dnsmasq]",
  withDnsmasq,
  async () => {
    const many = Array.from({ length: 60 }, (_, index) => `--host-record=many.test,10.0.1.${index}`);
    await using server = await startDnsmasq([...many, "--host-record=one.test,10.0.0.1,77"]);
    const resolve = resolverOf([{ hostname: "127.0.0.1", port: server.port }], 200);
    assert.deepEqual(await resolve("nothing.test", "A", forever), { records: [] });
    assert.deepEqual(await resolve("one.test", "AAAA", forever), { records: [] });
    assert.deepEqual(await resolve("one.test", "A", forever), {
      records: [{ type: "A", address: "10.0.0.1" }],
      ttl: 77,
    });
    assert.equal((await resolve("many.test", "A", forever)).records.length, 60);
    await assert.rejects(
      resolve("example.org", "A", forever),
      /Cannot read "example\.org": its server answered REFUSED/,
    );
    const second = resolverOf([{ hostname: "127.0.0.1", port: freePort() }, {
      hostname: "127.0.0.1",
      port: server.port,
    }]);
    assert.equal((await second("one.test", "A", forever)).records.length, 1);
  },
);

Deno.test("dnsSource() tells nothing before each name was answered", async () => {
  const answers = new Map([["a", [{ type: "A", address: "10.0.0.1" } as const]]]);
  await using heard = new Heard(dnsSource("own", {
    names: ["a", "b"].map((name) => ({ service: name, name, type: "A", port: 80 })),
    intervalMs: 5,
    retryMs: 5,
    resolve: (name) => {
      const records = answers.get(name);
      return records === undefined ? Promise.reject(new Error("SERVFAIL")) : Promise.resolve({ records });
    },
  }));
  await heard.untilTrouble(/SERVFAIL/);
  assert.equal(heard.hosts, "nothing");
  answers.set("b", []);
  await heard.untilHosts("a: 10.0.0.1:80");
  await heard.untilTrouble(undefined);
});
