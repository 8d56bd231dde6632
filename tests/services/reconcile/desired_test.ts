import assert from "node:assert/strict";
import { desired } from "../../../lib/services/reconcile/desired.ts";
import { route } from "../../../lib/services/reconcile/mod.ts";
import type { Host, Service, Unit } from "../../../lib/services/service.ts";

const unit = (name: string, hosts: Host[], more: Partial<Unit> = {}): Unit => ({ unit: name, hosts, ...more });
const at = (hostname: string, port = 80): Host => ({ hostname, port });
const web = (...units: Unit[]): Service => ({ service: "web", units });
const WEB = route({ service: "web", backend: "b" });

Deno.test("desired() sorts servers by name, and takes the unit's word before the route's", () => {
  const units = [unit("web/1", [at("10.0.0.2")], { weight: 0 }), unit("web/0", [at("10.0.0.1")], { maxconn: 3 })];
  const routes = [route({ service: "web", backend: "b", options: { weight: 9, maxconn: 8 } })];
  const servers = desired([web(...units)], routes).backends.get("b")?.servers;
  assert.deepEqual(servers?.map(({ server, weight, maxconn }) => [server, weight, maxconn]), [
    ["happi-web-0", 9, 3],
    ["happi-web-1", 0, 8],
  ]);
});

Deno.test("desired() takes the address within the network of the hosts", () => {
  const hosts = [{ hostname: "web.example.test", port: 80, private_address: "10.0.0.1" }];
  const [server] = desired([web(unit("web/0", hosts))], [WEB]).backends.get("b")?.servers ?? [];
  assert.deepEqual(server?.addresses, ["10.0.0.1"]);
});

Deno.test("desired() has one server for a place that two units name, the ready one's", () => {
  const twice = [unit("web/0", [at("10.0.0.1")], { state: "drain" }), unit("web/1", [at("10.0.0.1")])];
  const { backends, problems } = desired([web(...twice)], [WEB]);
  assert.deepEqual(backends.get("b")?.servers.map((one) => one.unit), ["web/1"]);
  assert.deepEqual(problems, [], "a unit that follows another at its place is nothing to see to");
  const both = desired([web(unit("web/0", [at("10.0.0.1")]), unit("web/1", [at("10.0.0.1")]))], [WEB]);
  assert.match(
    both.problems[0]?.why ?? "",
    /^Cannot use unit "web\/1" .*: unit "web\/0" of "web" is at "10\.0\.0\.1:80" too$/,
  );
});

Deno.test("desired() fills a backend from several routes, with the most careful of their settings", () => {
  const routes = [WEB, route({ service: "api", backend: "b", min_share: 0.9, drain_ms: 1 })];
  const api = { service: "api", units: [unit("api/0", [at("10.0.0.1", 81)])] };
  const backend = desired([web(unit("web/0", [at("10.0.0.1")])), api], routes).backends.get("b");
  assert.deepEqual(backend?.servers.map(({ server }) => server), ["happi-api-0", "happi-web-0"]);
  assert.deepEqual([backend.min_share, backend.drain_ms], [0.9, 30_000]);
});

Deno.test("desired() has entries for the service or for each unit, as their templates say", () => {
  const map = [
    { file: "/m", key: "{service}.test", value: "{backend}" },
    { file: "/m", key: "{meta.host}", value: "{server}" },
  ];
  const units = [unit("web/0", [at("10.0.0.1")], { meta: { host: "a.test" } }), unit("web/1", [at("10.0.0.2")])];
  const { entries, problems } = desired([web(...units)], [route({ ...WEB, map })]);
  assert.deepEqual(entries.map(({ key, value }) => [key, value]), [["a.test", "happi-web-0"], ["web.test", "b"]]);
  assert.deepEqual(problems, []);
  assert.deepEqual(desired([web()], [route({ ...WEB, map })]).entries, []);
});

Deno.test("desired() says which entries contradict each other, and which keys no map can keep", () => {
  const map = [{ file: "/m", key: "{meta.host}", value: "{unit}" }];
  const units = ["same", "same", "two words"].map((host, index) =>
    unit(`web/${index}`, [at(`10.0.0.${index}`)], { meta: { host } })
  );
  const { entries, problems } = desired([web(...units)], [route({ ...WEB, map })]);
  assert.deepEqual(entries.map(({ value }) => value), ["web/0"]);
  assert.deepEqual(problems.map(({ why }) => why), [
    'Cannot keep key "two words" in "/m": it has blanks, or begins with "#"',
    'Cannot give "same" the value "web/1" in "/m": it has "web/0" for backend "b"',
  ]);
});
