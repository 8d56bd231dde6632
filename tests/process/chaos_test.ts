/**
 * Processes that behave as badly as they can, many at once: nothing is left of them, and happi does not grow.
 */
import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { markOf } from "../../lib/process/leftovers.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import { ENVIRONMENT, freshMark, openFiles, pidsWith, until } from "./system.ts";

/** `HAPPI_CHAOS_FLOOD=1073741824` makes it a gibibyte. */
const FLOOD_BYTES = Number(Deno.env.get("HAPPI_CHAOS_FLOOD") ?? 200_000_000);

/** What happi may be larger afterwards, in bytes: the runtime keeps what it was given for a while. */
const GROWTH_BYTES = 120_000_000;

/** Lines for the shell; each is run again and again for as long as the test goes on. */
const BAD: Readonly<Record<string, string>> = {
  forks: "for n in 1 2 3 4 5; do (sleep 60; sleep 60) & done; sleep 0.2",
  "forks and leaves": "setsid sh -c 'sleep 60; sleep 60' & sleep 0.2",
  deaf: "trap '' TERM INT HUP; while :; do sleep 60; done",
  "closes its output": "exec >&- 2>&-; sleep 60",
  "exits at once": "exit 1",
  "is killed at once": "kill -9 $$",
  "leaves the pipe to somebody else": "setsid sleep 60 & exit 0",
  "writes half lines": "while printf 'half \\303'; do sleep 0.01; done",
  "writes to a closed stdin": "exec 0<&-; sleep 0.3",
  "is halted": "kill -STOP $$; sleep 60",
  "leaves one that is halted": "sh -c 'kill -STOP $$; sleep 60' & sleep 0.1",
  "floods for ever": "exec cat /dev/zero",
};

Deno.test("ProcessManager outlives processes that behave badly, and leaves none of them", async () => {
  const { keeper, variable } = freshMark();
  const mark = await markOf(keeper);
  const files = openFiles();
  {
    await using manager = new ProcessManager({ environment: ENVIRONMENT, mark });
    for (const [name, cmd] of Object.entries(BAD)) {
      await manager.add(bad(name.replaceAll(" ", "-"), cmd));
    }
    const end = performance.now() + 4_000;
    for (let turn = 0; performance.now() < end; turn++) {
      const names = manager.names();
      const name = names[turn % names.length] ?? "";
      const [child] = manager.running(name);
      // Whoever writes and asks does not wait either.
      if (child !== undefined) void child.write(new Uint8Array(30_000)).catch(() => {});
      if (turn % 5 === 0) void manager.restart(name).catch(() => {});
      if (turn % 7 === 0 && child !== undefined) void manager.stopProcess(child.pid).catch(() => {});
      if (turn % 11 === 0) void manager.scale(name, { to: turn % 3 }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const began = performance.now();
    await manager.stopAll();
    assert.ok(performance.now() - began < 12_000, "it stops in time");
    assert.deepEqual(manager.running(), []);
  }
  assert.deepEqual(await pidsWith(variable), []);
  await until("no file is left open", () => openFiles() <= files);
});

Deno.test("ProcessManager reads a flood to its end without growing, and without a reader", async () => {
  const { keeper } = freshMark();
  await using manager = new ProcessManager({ environment: ENVIRONMENT, mark: await markOf(keeper) });
  const cmd = `head -c ${FLOOD_BYTES} /dev/zero; echo done >&2`;
  await manager.add({ ...bad("flood", cmd), start: false });
  const before = Deno.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 5);
  const flood = await manager.commit("flood");
  // One that reads and one that has fallen asleep.
  const [reader, sleeper] = [flood.outputs.get("out")?.read(), flood.outputs.get("out")?.read({ after: 0 })];
  assert.ok(reader && sleeper);
  let read = 0;
  for await (const item of reader) if (item.kind === "record") read += item.record.value.length;
  await flood.ended;
  clearInterval(timer);
  assert.equal(flood.output_bytes, FLOOD_BYTES + "done\n".length);
  assert.deepEqual(flood.exit, { exit_status: 0, term_signal: 0 });
  assert.ok(read > 0);
  assert.equal((await sleeper.next()).value?.kind, "lost");
  const kept = flood.outputs.get("out")?.latest().reduce((sum, { value }) => sum + value.length, 0) ?? 0;
  assert.ok(kept > 0 && kept <= 1024 * 1024, `${kept} bytes are kept`);
  assert.ok(most - before < GROWTH_BYTES, `it has grown by ${Math.round((most - before) / 1e6)} MB`);
});

Deno.test("ProcessManager starts and ends hundreds of processes without a file or memory kept", async () => {
  const { keeper } = freshMark();
  await using manager = new ProcessManager({ environment: ENVIRONMENT, mark: await markOf(keeper) });
  await manager.add({ ...bad("quick", "echo hello; echo world >&2"), start: false });
  const run = async (times: number) => {
    for (let turn = 0; turn < times; turn += 20) {
      const all = await Promise.all(Array.from({ length: 20 }, () => manager.commit("quick")));
      await Promise.all(all.map((child) => child.ended));
      assert.ok(all.every(({ output_bytes, exit }) => output_bytes === 12 && exit?.exit_status === 0));
    }
  };
  await run(100);
  const [files, memory] = [openFiles(), Deno.memoryUsage().rss];
  await run(400);
  assert.ok(openFiles() <= files);
  assert.ok(Deno.memoryUsage().rss - memory < GROWTH_BYTES);
  assert.deepEqual(manager.running(), []);
});

function bad(name: string, cmd: string): Definition {
  return {
    name,
    cmd,
    shell: true,
    graceful_timeout: 0.2,
    redirect_output: ["out", "err"],
    redirect_input: true,
    flapping: { attempts: 3, window: 1, retry_in: 0.2, max_retry: 100 },
  };
}
