/** The routes of an agent behind the server's guards, and its counters as metrics. */

import assert from "node:assert/strict";
import {
  agentMetrics,
  agentRoutes,
  type AgentView,
  CHECK_KINDS,
  CheckAgent,
  Maintenance,
  TargetGuard,
} from "../../lib/agent/mod.ts";
import { formatAddress } from "../../lib/net/mod.ts";
import { metricsText, serveSurfaces } from "../../lib/server/mod.ts";
import { memoryStore } from "../../lib/store/mod.ts";

const WIRE = "debug|down # 50%|of/it?";
const JSON_TYPE = { "content-type": "application/json" };

interface Served extends AsyncDisposable {
  readonly view: AgentView;
  fetch(path: string, init?: RequestInit): Promise<{ status: number; body: Record<string, unknown> }>;
  readonly url: string;
}

/** An agent with the check `web`, and its API. */
async function serveAgent(): Promise<Served> {
  const maintenance = await Maintenance.open({ store: memoryStore() });
  const agent = new CheckAgent({
    kinds: CHECK_KINDS,
    guard: new TargetGuard(),
    overlay: maintenance,
    checks: [{ name: "web", kind: "debug", options: { reply: "up" }, steady: { maxAgeMs: 0 } }],
  });
  const view = { agent, maintenance };
  const server = await serveSurfaces({
    listen: "127.0.0.1:0",
    routes: (stopping) => [agentRoutes({ view, stopping })],
    collectors: [() => agentMetrics(view)],
  });
  const url = `http://${formatAddress(server.address)}/api/v1`;
  return {
    view,
    url,
    async fetch(path, init) {
      const response = await fetch(`${url}${path}`, init ?? {});
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await agent.close();
      await maintenance[Symbol.asyncDispose]();
    },
  };
}

Deno.test("GET /agent tells of listeners, checks and counters", async () => {
  await using served = await serveAgent();
  await served.view.agent.answer("web");
  const { body } = await served.fetch("/agent");
  assert.deepEqual(body["checks"], { config: 1, wire: 0, up: 1, down: 0, unasked: 0 });
  assert.deepEqual([body["listeners"], body["maintenance"], body["connections"]], [[], [], 0]);
  assert.deepEqual(body["words"], { up: 1 });
});

Deno.test("GET /agent/checks gives all without histories, those that are down first", async () => {
  await using served = await serveAgent();
  await served.view.agent.answer("web");
  await served.view.agent.answer(WIRE.slice(0, 12));
  const { body } = await served.fetch("/agent/checks");
  const checks = body["checks"];
  assert.ok(Array.isArray(checks));
  assert.deepEqual(checks.map(({ origin, is_up, history }) => [origin, is_up, history]), [
    ["wire", false, undefined],
    ["config", true, undefined],
  ]);
  const wire = await served.fetch("/agent/checks?origin=wire&limit=0");
  assert.deepEqual(wire.body, { total: 1, checks: [] });
  assert.equal((await served.fetch("/agent/checks?origin=moon")).status, 400);
  assert.equal((await served.fetch("/agent/checks?limit=-1")).status, 400);
});

Deno.test("GET /agent/checks/NAME gives one with its history, whatever its name", async () => {
  await using served = await serveAgent();
  const name = "debug|down # 50% of/it?";
  await served.view.agent.answer(name);
  const { status, body } = await served.fetch(`/agent/checks/${encodeURIComponent(name)}`);
  assert.deepEqual([status, body["name"], body["said"]], [200, name, "down # 50% of/it?"]);
  assert.ok(Array.isArray(body["history"]) && body["history"].length === 1);
  const unknown = await served.fetch("/agent/checks/wep");
  assert.deepEqual([unknown.status, unknown.body["error"]], [
    404,
    { code: "not_found", message: 'Cannot find check "wep": there is no such check, only "web"' },
  ]);
});

Deno.test("PUT and DELETE /agent/checks/NAME/maintenance drain and end it", async () => {
  await using served = await serveAgent();
  const path = "/agent/checks/web/maintenance";
  const body = JSON.stringify({ mode: "drain", for: "30m", why: "new kernel", by: "ana" });
  const drained = await served.fetch(path, { method: "PUT", headers: JSON_TYPE, body });
  const { since, until, ...rest } = drained.body;
  assert.deepEqual(rest, { name: "web", mode: "drain", why: "new kernel", by: "ana", is_kept: false });
  assert.equal(Number(until) - Number(since), 30 * 60_000);
  assert.equal((await served.view.agent.answer("web")).said, "drain up # new kernel");
  const { body: check } = await served.fetch("/agent/checks/web");
  assert.deepEqual(check["maintenance"], drained.body);
  const ended = await served.fetch(path, { method: "DELETE" });
  assert.equal(ended.body["mode"], "ready");
  assert.equal((await served.view.agent.answer("web")).said, "ready up");
  const wire = await served.fetch(`/agent/checks/${encodeURIComponent("tcp|10.0.0.1:25")}/maintenance`, {
    method: "PUT",
    headers: JSON_TYPE,
    body: '{"mode":"maint"}',
  });
  assert.equal(wire.status, 200, "a request that has not come yet");
});

/** Changes that are refused: content type, body, status and message. */
const REFUSED: readonly (readonly [type: string | undefined, body: string, status: number, message: RegExp])[] = [
  ["text/plain", '{"mode":"drain"}', 415, /it is called "text\/plain" and must be called "application\/json"/],
  ["application/x-www-form-urlencoded", '{"mode":"drain"}', 415, /must be called "application\/json"/],
  ["application/json", "", 400, /^Cannot use the body: it is no JSON$/],
  ["application/json", "[]", 400, /it is no object$/],
  ["application/json", "{}", 400, /field "mode" must be "drain", "maint" or "ready"$/],
  ["application/json", '{"mode":"drain","until":1}', 400, /there is no field "until", only mode, for, why, by$/],
  ["application/json", '{"mode":"drain","for":"soon"}', 400, /field "for" must be a time from 1 ms/],
  ["application/json", '{"mode":"drain","why":1}', 400, /field "why" must be a text$/],
  ["application/json", '{"mode":"ready","for":"1m"}', 400, /"ready" has no duration$/],
  ["application/json", `{"mode":"drain","why":"${"x".repeat(70_000)}"}`, 400, /it is larger than 65536 bytes$/],
];

Deno.test("PUT /agent/checks/NAME/maintenance changes nothing for what it does not understand", async () => {
  await using served = await serveAgent();
  for (const [type, body, status, message] of REFUSED) {
    const headers = type === undefined ? {} : { "content-type": type };
    const answer = await served.fetch("/agent/checks/web/maintenance", { method: "PUT", headers, body });
    assert.equal(answer.status, status, body.slice(0, 80));
    assert.match(String(Object(answer.body["error"]).message), message);
  }
  const foreign = await served.fetch("/agent/checks/web/maintenance", {
    method: "PUT",
    headers: { ...JSON_TYPE, origin: "https://evil.example" },
    body: '{"mode":"drain"}',
  });
  assert.equal(foreign.status, 403);
  const unknown = await served.fetch("/agent/checks/wep/maintenance", { method: "DELETE" });
  assert.equal(unknown.status, 404);
  assert.deepEqual(served.view.maintenance.list(), []);
});

Deno.test("POST /agent/ask answers as HAProxy would be answered", async () => {
  await using served = await serveAgent();
  const ask = (body: string) => served.fetch("/agent/ask", { method: "POST", headers: JSON_TYPE, body });
  const { status, body } = await ask('{"request":"web"}');
  assert.deepEqual([status, body["said"], body["understood"]], [
    200,
    "up",
    { reply: { health: "up" }, unknown: [], warnings: [] },
  ]);
  assert.equal((await ask("{}")).status, 400);
});

Deno.test("GET /agent/verdicts is a feed of what was found out", async () => {
  await using served = await serveAgent();
  const response = await fetch(`${served.url}/agent/verdicts`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader);
  const line = reader.read();
  await served.view.agent.answer("web");
  const { value } = JSON.parse((await line).value ?? "");
  assert.deepEqual([value.check, value.said, value.changed], ["web", "up", true]);
  await reader.cancel();
  assert.equal((await fetch(`${served.url}/agent/verdicts`, { method: "HEAD" })).status, 200);
});

Deno.test("agentMetrics() is text that Prometheus reads: every name once, a sample for each check", async () => {
  await using served = await serveAgent();
  await served.view.agent.answer("web");
  await served.view.agent.answer("debug|down");
  await served.view.maintenance.set("web", { mode: "drain" });
  const text = metricsText(agentMetrics(served.view));
  const names = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map((match) => match[1]);
  assert.equal(new Set(names).size, names.length);
  for (const line of text.trim().split("\n").filter((line) => !line.startsWith("#"))) {
    assert.match(line, /^[a-z_]+(\{([a-z_]+="(\\.|[^"\\\n])*",?)+\})? (\d+(\.\d+)?(e-\d+)?|\+Inf)$/);
    assert.ok(names.some((name) => line.startsWith(name ?? "-")), line);
  }
  for (
    const line of [
      'happi_agent_check_up{check="web",kind="debug"} 1',
      'happi_agent_words_total{word="down"} 1',
      'happi_agent_runs_total{kind="debug"} 2',
      'happi_agent_maintenance{check="web",mode="drain"} 1',
      "happi_agent_refused_targets_total 0",
      'happi_agent_check_verdicts_total{check="web",kind="debug",word="up"} 1',
    ]
  ) assert.ok(text.includes(`\n${line}\n`), line);
  assert.doesNotMatch(text, /check="debug\|down"/, "targets named by requests are counted by kind");
});
