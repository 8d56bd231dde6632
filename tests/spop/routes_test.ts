/** The routes of an agent, and its counters as metrics. */

import assert from "node:assert/strict";
import { Feed } from "../../lib/feed/mod.ts";
import { formatAddress } from "../../lib/net/mod.ts";
import { METRICS_TYPE, metricsText, serveSurfaces } from "../../lib/server/mod.ts";
import {
  Agent,
  LATENCY_BOUNDS_US,
  mergeStats,
  PolicySet,
  policyView,
  spoaMetrics,
  spoaRoutes,
  type SpoaView,
  SpopClient,
  type VerdictRecord,
  VerdictTap,
} from "../../lib/spop/mod.ts";

/** An agent with one policy, and its view. */
async function startAgent() {
  const verdicts = new Feed<VerdictRecord>({ epoch: "e", onReaders: (readers) => tap.isOpen = readers > 0 });
  const tap = new VerdictTap(450, (verdict) => verdicts.push(verdict));
  const agent = new Agent();
  const policies = new PolicySet(agent, { tap });
  await policies.apply([{ name: "split", kind: "ab", options: { salt: "s", variants: { one: 1 } } }]);
  const listener = await agent.listen("127.0.0.1:0");
  const address = formatAddress(listener.address);
  const view: SpoaView = {
    workers: 1,
    verdicts,
    listeners: () => Promise.resolve([{ address, worker: 1, connections: listener.connections }]),
    stats: () => Promise.resolve(agent.stats()),
    policies: () => Promise.resolve(policies.policies.map((policy) => policyView(policy, true))),
  };
  return {
    agent,
    view,
    address,
    async [Symbol.asyncDispose]() {
      await listener.close();
      await policies[Symbol.asyncDispose]();
    },
  };
}

Deno.test("GET /spoa tells of listeners, policies and counters", async () => {
  await using started = await startAgent();
  await using client = await SpopClient.connect(started.address);
  await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
  const body = await (await spoaRoutes(started).request("/spoa")).json();
  assert.deepEqual(body.listeners, [{ address: started.address, worker: 1, connections: 1 }]);
  assert.deepEqual([body.frames, body.in_flight, body.connections], [1, 0, 1]);
  const [{ name, kind, message, sets, is_asked }] = body.policies;
  assert.deepEqual([name, kind, message.name, sets[0].name, is_asked], [
    "split",
    "ab",
    "choose-variant",
    "ab_variant",
    true,
  ]);
});

Deno.test("GET /spoa/messages has counters and latencies for each message, and bytes for each engine", async () => {
  await using started = await startAgent();
  await using client = await SpopClient.connect(started.address, { engineId: "edge" });
  await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
  const { messages, engines, latency_bounds_us } = await (await spoaRoutes(started).request("/spoa/messages")).json();
  assert.deepEqual(latency_bounds_us, LATENCY_BOUNDS_US);
  assert.deepEqual([messages["choose-variant"].messages, messages["choose-variant"].latency.count], [1, 1]);
  assert.ok(engines.edge.bytes_in > 0 && engines.edge.bytes_out > 0);
  assert.deepEqual([messages["choose-variant"].bytes_in, messages["choose-variant"].bytes_out], [7, 19]);
});

Deno.test("GET /spoa/verdicts over a WebSocket, behind the server's guards", async () => {
  await using started = await startAgent();
  await using server = await serveSurfaces({
    listen: "127.0.0.1:0",
    routes: (stopping) => [spoaRoutes({ view: started.view, stopping })],
    collectors: [() => spoaMetrics(started.agent.stats())],
  });
  const host = formatAddress(server.address);
  const socket = new WebSocket(`ws://${host}/api/v1/spoa/verdicts`);
  const text = new Promise<string>((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = () => reject(new Error("it failed"));
  });
  await new Promise((resolve) => socket.onopen = resolve);
  await using client = await SpopClient.connect(started.address);
  // The upgrade is done a moment before its reader is counted.
  while (started.view.verdicts.readers === 0) await new Promise((resolve) => setTimeout(resolve));
  await client.notify([{ name: "choose-variant", args: { key: "k", cookie: "secret", body: new Uint8Array(3) } }]);
  const { id, value } = JSON.parse(await text);
  assert.equal(id, "e-1");
  assert.deepEqual(value.args, { key: "k", cookie: "(hidden)", body: { bytes: 3 } });
  assert.deepEqual([value.policy, value.outcome], ["split", "answered"]);
  assert.deepEqual([value.stream_id, value.frame_id], [1, 1]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  const metrics = await fetch(`http://${host}/metrics`);
  assert.equal(metrics.headers.get("content-type"), METRICS_TYPE);
  assert.match(await metrics.text(), /^happi_spoa_frames_total 1$/m);
});

Deno.test("a verdict that is not well asked for is 400, and a HEAD holds no stream", async () => {
  await using started = await startAgent();
  await using server = await serveSurfaces({ listen: "127.0.0.1:0", routes: () => [spoaRoutes(started)] });
  const url = `http://${formatAddress(server.address)}/api/v1/spoa/verdicts`;
  const refused = await fetch(`${url}?feed=normal`);
  assert.deepEqual([refused.status, (await refused.json()).error.code], [400, "invalid_request"]);
  assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
  assert.equal(started.view.verdicts.readers, 0);
});

Deno.test("the server's stop ends feeds that are read", async () => {
  await using started = await startAgent();
  const server = await serveSurfaces({
    listen: "127.0.0.1:0",
    drainMs: 60_000,
    routes: (stopping) => [spoaRoutes({ view: started.view, stopping })],
  });
  const response = await fetch(`http://${formatAddress(server.address)}/api/v1/spoa/verdicts`);
  const text = response.text();
  await server.stop();
  assert.equal(await text, "");
  assert.equal(started.view.verdicts.readers, 0);
});

Deno.test("spoaMetrics() is text that Prometheus reads: every name once, buckets that rise to the count", async () => {
  await using started = await startAgent();
  await using client = await SpopClient.connect(started.address, { engineId: 'an "engine"\n' });
  for (let index = 0; index < 3; index++) await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
  const text = metricsText(spoaMetrics(started.agent.stats()));
  const names = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map((match) => match[1]);
  assert.equal(new Set(names).size, names.length);
  for (const line of text.trim().split("\n").filter((line) => !line.startsWith("#"))) {
    assert.match(line, /^[a-z_]+(\{([a-z_]+="(\\.|[^"\\\n])*",?)+\})? (\d+(\.\d+)?(e-\d+)?|\+Inf)$/);
    assert.ok(names.some((name) => line.startsWith(name ?? "-")), line);
  }
  assert.match(text, /engine="an \\"engine\\"\\n"/);
  const buckets = [...text.matchAll(/^happi_spoa_latency_seconds_bucket\{.*\} (\d+)$/gm)].map((match) =>
    Number(match[1])
  );
  assert.deepEqual(buckets, buckets.toSorted((a, b) => a - b));
  assert.equal(buckets.length, LATENCY_BOUNDS_US.length + 1);
  const [, count] = /^happi_spoa_latency_seconds_count\{.*\} (\d+)$/m.exec(text) ?? [];
  assert.equal(buckets.at(-1), Number(count));
  assert.ok(Number(count) >= 1 && Number(count) <= 3, "under load not each message is timed at once");
});

Deno.test("mergeStats() adds up what workers have counted", async () => {
  const stats = [];
  for (const count of [1, 2]) {
    await using started = await startAgent();
    await using client = await SpopClient.connect(started.address, { engineId: `engine-${count}` });
    for (let index = 0; index < count; index++) await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
    stats.push(started.agent.stats());
  }
  const [one, two] = stats;
  assert.ok(one && two);
  const merged = mergeStats([one, two]);
  assert.deepEqual([merged.frames, merged.bytes_in], [3, one.bytes_in + two.bytes_in]);
  assert.deepEqual(merged.messages["choose-variant"]?.messages, 3);
  assert.deepEqual(merged.messages["choose-variant"]?.bytes_in, 3 * 7);
  const counts = [one, two, merged].map((stats) => stats.messages["choose-variant"]?.latency.count ?? NaN);
  assert.equal((counts[0] ?? NaN) + (counts[1] ?? NaN), counts[2]);
  assert.equal(merged.messages["choose-variant"]?.latency.buckets.reduce((a, b) => a + b), counts[2]);
  assert.deepEqual(Object.keys(merged.engines), ["engine-1", "engine-2"]);
  assert.deepEqual(mergeStats([one]), one);
});
