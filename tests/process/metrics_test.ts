/**
 * What is counted of real processes, and how it is written for Prometheus.
 */
import assert from "node:assert/strict";
import { createFacts } from "../../lib/process/facts/facts.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import { processMetrics } from "../../lib/process/metrics.ts";
import { ProcessTally } from "../../lib/process/tally.ts";

Deno.test("processMetrics() counts starts, ends by how they came, and what took their place", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  using tally = new ProcessTally(manager);
  await manager.add({ name: "web", cmd: "sleep 60", numprocesses: 2 });
  const second = until(manager, "spawn", 1);
  manager.signalProcess(1, 9);
  await second;
  await manager.stop("web");
  await manager.add({ name: "job", cmd: "exit 3", shell: true, start: false });
  await (await manager.commit("job")).ended;
  const found = new Map(
    processMetrics(manager, tally, []).map(({ name, samples }) => [name.replace("happi_process_", ""), samples]),
  );
  const of = (metric: string) =>
    found.get(metric)?.map(({ labels, value }) => [Object.values(labels).join(" "), value]);
  assert.deepEqual(of("spawns_total"), [["web", 3], ["job", 1]]);
  assert.deepEqual(of("restarts_total"), [["web", 1], ["job", 0]]);
  assert.deepEqual(of("exits_total"), [["web  SIGKILL", 1], ["web  SIGTERM", 2], ["job 3 ", 1]]);
  assert.deepEqual(of("up"), [["web", 0], ["job", 0]]);
  assert.deepEqual(of("wanted"), [["web", 2], ["job", 1]]);
});

Deno.test("processMetrics() counts the output of processes that run and of those that have ended", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  using tally = new ProcessTally(manager);
  await manager.add({
    name: "job",
    cmd: "printf 12345; printf 678 >&2",
    shell: true,
    start: false,
    redirect_output: ["out", "err"],
  });
  await (await manager.commit("job")).ended;
  await (await manager.commit("job")).ended;
  assert.equal(tally.of("job").outputBytes, 16);
});

Deno.test("processMetrics() tells what each process uses", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  using tally = new ProcessTally(manager);
  await manager.add({ name: "nap", cmd: "sleep 60" });
  const usages = await createFacts(manager).usage();
  const metrics = processMetrics(manager, tally, usages);
  const rss = metrics.find(({ name }) => name === "happi_process_rss_bytes");
  assert.deepEqual(rss?.samples.map(({ labels }) => labels), [{ name: "nap", pid: "1" }]);
  assert.ok((rss?.samples[0]?.value ?? 0) > 0);
  assert.deepEqual(metrics.find(({ name }) => name === "happi_process_up")?.samples[0]?.value, 1);
});

Deno.test("ProcessTally forgets a definition that is removed", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  using tally = new ProcessTally(manager);
  await manager.add({ name: "nap", cmd: "sleep 60" });
  await manager.remove("nap");
  await manager.add({ name: "nap", cmd: "sleep 60", start: false });
  const { spawns, exits } = tally.of("nap");
  assert.deepEqual([spawns, exits.size], [0, 0]);
});

/** Settles when an event has come so often from now on. */
async function until(manager: ProcessManager, event: string, times: number): Promise<void> {
  let left = times;
  for await (const item of manager.events.read()) {
    if (item.kind === "record" && item.record.value.event === event) left--;
    if (left === 0) return;
  }
}
