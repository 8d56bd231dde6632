import assert from "node:assert/strict";
import { Hono } from "hono";
import { formatAddress } from "../../lib/net/mod.ts";
import { serveSurfaces } from "../../lib/server/mod.ts";
import {
  Leases,
  type LeasesOptions,
  type Planner,
  Registry,
  servicesRoutes,
  type ServicesView,
} from "../../lib/services/mod.ts";

/** A server with services, and what asks it. */
async function serving(options: LeasesOptions & { readonly planner?: Planner } = {}) {
  const registry = new Registry(() => 1_000);
  const leases = await Leases.open(registry, { now: () => 0, ...options });
  const { planner } = options;
  const view: ServicesView = { registry, leases, sources: () => [], ...(planner === undefined ? {} : { planner }) };
  const server = await serveSurfaces({
    listen: "127.0.0.1:0",
    routes: (stopping) => [servicesRoutes({ view, stopping })],
    deadlineMs: 5_000,
  });
  const base = `http://${formatAddress(server.address)}/api/v1`;
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${base}/${path}`, { method, headers: { ...type, ...headers }, ...text });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, body: answer === "" ? null : JSON.parse(answer) };
  };
  return {
    ...{ registry, leases, base, ask },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await leases[Symbol.asyncDispose]();
    },
  };
}

const WEB = { hostname: "10.0.0.1", port: 80, ttl: 30 };
const UNIT = "services/web/units/web%2F0";

Deno.test("PUT registers a unit, whose name may hold a slash, with a lease", async () => {
  await using api = await serving();
  const { status, body } = await api.ask("PUT", UNIT, { ...WEB, weight: 10, meta: { zone: "a" } });
  const unit = { unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }], weight: 10, meta: { zone: "a" } };
  assert.deepEqual([status, body], [200, { service: "web", unit, ttl_ms: 30_000, expires_at: 30_000 }]);
  assert.deepEqual((await api.ask("GET", "services")).body, {
    revision: 1_001,
    services: [{ service: "web", units: [unit] }],
  });
  const shown = { service: "web", units: [{ ...unit, lease: { ttl_ms: 30_000, expires_at: 30_000 } }] };
  assert.deepEqual((await api.ask("GET", "services/web")).body, shown);
  assert.deepEqual((await api.ask("GET", "services/web/units")).body, shown);
});

Deno.test("PUT without ttl registers for ever", async () => {
  await using api = await serving();
  const { body } = await api.ask("PUT", UNIT, { hosts: [{ hostname: "a", port: 1 }] });
  assert.deepEqual([body.ttl_ms, body.expires_at], [null, null]);
});

Deno.test("POST renew and drain, and DELETE, act on a unit; 404 names what is missing", async () => {
  await using api = await serving();
  await api.ask("PUT", UNIT, WEB);
  assert.equal((await api.ask("POST", `${UNIT}/renew`)).status, 200);
  assert.equal((await api.ask("POST", `${UNIT}/drain`, {})).body.unit.state, "drain");
  assert.deepEqual((await api.ask("GET", "services-interface")).body, []);
  assert.deepEqual((await api.ask("DELETE", UNIT)).body, { service: "web", unit: "web/0" });
  for (const [method, path] of [["DELETE", UNIT], ["POST", `${UNIT}/renew`], ["POST", `${UNIT}/drain`]] as const) {
    const { status, body } = await api.ask(method, path);
    assert.deepEqual([status, body.error.code], [404, "service_not_found"]);
    assert.match(body.error.message, /unit "web\/web\/0"/);
  }
  assert.equal((await api.ask("GET", "services/web")).status, 404);
});

Deno.test("GET gives the services exactly as Juju's http interface does", async () => {
  await using api = await serving();
  await api.ask("PUT", UNIT, { ...WEB, private_address: "10.1.0.1" });
  await api.ask("PUT", "services/web/units/web%2F1", { hostname: "10.0.0.2", port: 8080 });
  const hosts = [{ hostname: "10.0.0.1", port: 80 }, { hostname: "10.0.0.2", port: 8080 }];
  const expected = [{ service_name: "web", hosts }];
  assert.deepEqual((await api.ask("GET", "services-interface")).body, expected);
  assert.deepEqual((await api.ask("GET", "services?format=http-interface")).body, expected);
  const { body } = await api.ask("GET", "services-interface?private_address=true");
  assert.deepEqual(body[0].hosts.map((one: Record<string, string>) => one["private-address"]), [
    "10.1.0.1",
    "10.0.0.2",
  ]);
});

Deno.test("GET ?since= waits until something is newer", async () => {
  await using api = await serving();
  const { body: { revision } } = await api.ask("GET", "services");
  const waiting = api.ask("GET", `services?since=${revision}&wait=60`);
  await api.ask("PUT", UNIT, WEB);
  const { body } = await waiting;
  assert.equal(body.services.length, 1);
  assert.ok(body.revision > revision);
});

Deno.test("GET ?since= gives the same again when the waiting is over", async () => {
  await using api = await serving();
  assert.deepEqual((await api.ask("GET", "services?since=1000&wait=0")).body, { revision: 1_000, services: [] });
});

Deno.test("GET ?since= ends when the server stops", async () => {
  const api = await serving();
  const waiting = api.ask("GET", "services?since=1000&wait=300");
  // The server answers one after the other on its loop: what is asked later is answered when the first waits.
  await api.ask("GET", "services");
  await api[Symbol.asyncDispose]();
  assert.deepEqual((await waiting).body, { revision: 1_000, services: [] });
});

Deno.test("GET gives an ETag, and 304 as long as nothing changes", async () => {
  await using api = await serving();
  const etagOf = async (path: string) => (await api.ask("GET", path)).headers.get("etag") ?? "";
  const etag = await etagOf("services");
  assert.notEqual(etag, await etagOf("services?format=http-interface"));
  const known = { "if-none-match": `"other", W/${etag}` };
  assert.equal((await api.ask("GET", "services", undefined, known)).status, 304);
  await api.ask("PUT", UNIT, WEB);
  assert.equal((await api.ask("GET", "services", undefined, known)).status, 200);
});

Deno.test("GET services/changes is a feed", async () => {
  await using api = await serving();
  await api.ask("PUT", UNIT, WEB);
  await api.ask("DELETE", UNIT);
  const { body } = await api.ask("GET", "services/changes?feed=longpoll&tail=9");
  assert.deepEqual(body.records.map(({ value }: { value: { change: string } }) => value.change), ["added", "removed"]);
  assert.equal((await fetch(`${api.base}/services/changes`, { method: "HEAD" })).status, 200);
  const socket = new WebSocket(`${api.base.replace("http", "ws")}/services/changes?tail=1`);
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.onmessage = ({ data }) => resolve(String(data));
  assert.equal(JSON.parse(await promise).value.change, "removed");
  const { promise: closed, resolve: onClose } = Promise.withResolvers<void>();
  socket.onclose = () => onClose();
  socket.close();
  await closed;
});

const REFUSED: readonly (readonly [path: string, method: string, body: unknown, status: number, why: RegExp])[] = [
  [UNIT, "PUT", { ...WEB, port: 0 }, 400, /Cannot register unit "web\/0": "port" is "0"/],
  [UNIT, "PUT", { ...WEB, ttl: "30s" }, 400, /field "ttl" must be a number of seconds/],
  [UNIT, "PUT", { ...WEB, ttl: 0.5 }, 400, /a lease lasts from 1 to 86400 seconds, not 0.5/],
  [UNIT, "PUT", [], 400, /Cannot use the body: it is no object/],
  ["services/a%20b/units/x", "PUT", WEB, 400, /"a b" is no name of a service/],
  [`${UNIT}/renew`, "POST", { ttl: 1 }, 400, /there is no field "ttl"/],
  ["services?since=x", "GET", undefined, 400, /"since": it must be a revision/],
  ["services?since=1&wait=301", "GET", undefined, 400, /"wait": it must be whole seconds from 0 to 300/],
  ["services?format=xml", "GET", undefined, 400, /it must be "services" or "http-interface"/],
  ["services/plan", "GET", undefined, 409, /Cannot plan: there are no routes/],
  ["services/plan/apply", "POST", {}, 409, /Cannot plan: there are no routes/],
];

for (const [path, method, body, status, why] of REFUSED) {
  Deno.test(`${method} ${path} with ${JSON.stringify(body)} is answered ${status}`, async () => {
    await using api = await serving();
    const answer = await api.ask(method, path, body);
    assert.equal(answer.status, status);
    assert.match(answer.body.error.message, why);
  });
}

for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
  Deno.test(`changes are refused when their body is called ${type}`, async () => {
    await using api = await serving();
    await api.ask("PUT", UNIT, WEB);
    for (const [method, path] of [["PUT", UNIT], ["POST", `${UNIT}/drain`], ["POST", "services/plan/apply"]] as const) {
      const { status } = await api.ask(method, path, {}, { "content-type": type });
      assert.equal(status, 415, `${method} ${path}`);
    }
  });
}

Deno.test("a body that is too large is refused before it is read to its end", async () => {
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  const routes = new Hono().route("/", servicesRoutes({ view: { registry, leases, sources: () => [] } }));
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const messages: string[] = [];
  routes.onError((thrown, c) => c.text(String(messages.push(thrown.message))));
  const headers = { "content-type": "application/json" };
  await routes.request("/services/web/units/a", { method: "PUT", headers, body });
  assert.match(messages.join(), /larger than 262144 bytes/);
  assert.ok(pulled < 10);
});

Deno.test("GET plan shows it and POST apply carries it out, by force only when asked", async () => {
  const plan = { steps: [], refused: [], problems: [], text: "Nothing to do\n" };
  const asked: boolean[] = [];
  const planner: Planner = {
    plan: () => Promise.resolve(plan),
    apply: (force) => Promise.resolve((asked.push(force), { plan, results: [], differences: [], refused: [] })),
  };
  await using api = await serving({ planner });
  assert.deepEqual((await api.ask("GET", "services/plan")).body, plan);
  assert.deepEqual((await api.ask("POST", "services/plan/apply")).body.plan, plan);
  await api.ask("POST", "services/plan/apply", { force: true });
  assert.deepEqual(asked, [false, true]);
  assert.equal((await api.ask("POST", "services/plan/apply", { force: "yes" })).status, 400);
});

Deno.test("a service called plan or changes is found too", async () => {
  await using api = await serving();
  for (const name of ["plan", "changes"]) {
    await api.ask("PUT", `services/${name}/units/x`, WEB);
    assert.equal((await api.ask("GET", `services/${name}/units`)).body.service, name);
  }
});
