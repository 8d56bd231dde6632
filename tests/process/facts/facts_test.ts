/**
 * Facts of real processes, and of a system whose files the test writes.
 */
import assert from "node:assert/strict";
import { ProcessNotFound } from "../../../lib/process/errors.ts";
import { createFacts } from "../../../lib/process/facts/facts.ts";
import { ProcessReader } from "../../../lib/process/facts/reader.ts";
import { ProcessManager } from "../../../lib/process/manager.ts";
import type { RunningProcess } from "../../../lib/process/manager_face.ts";
import { untilReady } from "../../../lib/process/readiness/until_ready.ts";
import { pretendedChild } from "../sample_child.ts";
import { until } from "../system.ts";

/** A shell with two children, one of which has a child itself; says when all are there. */
const FAMILY = "sleep 60 & sh -c 'sleep 61 & echo all; wait' & wait";

Deno.test("createFacts() tells of a real process, its children and theirs", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  await manager.add({ name: "family", cmd: FAMILY, shell: true, redirect_output: ["out"] });
  const [shell] = manager.running("family");
  assert.ok(shell !== undefined);
  assert.equal(await untilReady(shell, { name: "family", cmd: "", ready: { log: "all" } }), undefined);
  const facts = createFacts(manager);
  // A shell is there twice until what it starts has taken its place.
  const isAll = async () => JSON.stringify(await facts.process(shell.os_pid)).match(/"cmdline":"sleep"/g)?.length === 2;
  await until("both have become what they are to be", isAll);
  const info = await facts.process(shell.os_pid);
  assert.ok(info.rss_bytes > 0 && info.threads === 1);
  assert.ok(Math.abs(info.started_at - shell.started_at) < 1_000, `${info.started_at}`);
  assert.equal(info.pid, shell.os_pid);
  assert.equal(info.cmdline, "sh");
  assert.equal(info.nice, 0);
  assert.match(info.mem_info1, /^[1-9]\d*[KM]$/);
  assert.match(info.mem_info2, /^[1-9]\d*[KM]$/);
  assert.match(info.ctime, /^0:00\.\d\d$/);
  assert.deepEqual(info.children.map(({ cmdline, children }) => [cmdline, children.map((one) => one.cmdline)]), [
    ["sleep", []],
    ["sh", ["sleep"]],
  ]);
  const stats = await facts.template("family");
  assert.deepEqual(stats.stats.map(({ id, pid }) => [id, pid]), [[shell.pid, shell.os_pid]]);
  assert.deepEqual([stats.mem, stats.max_mem], [stats.min_mem, stats.stats[0]?.mem]);
  const [usage] = await facts.usage();
  assert.ok(usage !== undefined && usage.rss_bytes > 0 && usage.virtual_bytes > usage.rss_bytes);
  assert.deepEqual([usage.name, usage.pid, usage.children, usage.threads], ["family", shell.pid, 3, 4]);
  assert.equal(usage.started_at, shell.started_at);
});

Deno.test("createFacts() gives zeros where nothing runs", async () => {
  await using manager = new ProcessManager();
  await manager.add({ name: "web", cmd: "sleep 60", start: false });
  const facts = createFacts(manager);
  assert.deepEqual(await facts.template("web"), {
    name: "web",
    stats: [],
    mem: 0,
    max_mem: 0,
    min_mem: 0,
    cpu: 0,
    max_cpu: 0,
    min_cpu: 0,
  });
  assert.deepEqual(await facts.usage(), []);
});

Deno.test("createFacts() knows only what the manager keeps", async () => {
  await using manager = new ProcessManager();
  const facts = createFacts(manager);
  await assert.rejects(() => facts.process(Deno.pid), ProcessNotFound);
  await assert.rejects(() => facts.template("web"), ProcessNotFound);
  await assert.rejects(() => facts.usage("web"), ProcessNotFound);
});

Deno.test("createFacts() leaves out a process that has ended in between", async () => {
  const gone: RunningProcess = pretendedChild().child;
  const facts = createFacts({ running: () => [gone] });
  assert.deepEqual((await facts.template("web")).stats, []);
  await assert.rejects(() => facts.process(gone.os_pid), ProcessNotFound);
});

Deno.test("ProcessReader.read() gives percent of the time between two readings", async () => {
  const system = pretendedSystem();
  const reader = new ProcessReader(system);
  // Started 100 s ago, 5 s of the processor used.
  system.ticks = 500;
  assert.equal((await reader.read(7))?.cpuPercent, 5);
  system.now = 2_000;
  system.ticks = 600;
  assert.equal((await reader.read(7))?.cpuPercent, 50);
  system.now = 4_000;
  assert.equal((await reader.read(7))?.cpuPercent, 0);
});

Deno.test("ProcessReader.read() answers many who look at once with one reading", async () => {
  const system = pretendedSystem();
  const reader = new ProcessReader(system);
  const readings = await Promise.all(Array.from({ length: 50 }, () => reader.read(7)));
  assert.equal(new Set(readings).size, 1);
  assert.equal(system.reads.filter((path) => path === "/proc/7/stat").length, 1);
  system.now = 100;
  await reader.read(7);
  assert.equal(system.reads.filter((path) => path === "/proc/7/stat").length, 2);
});

Deno.test("ProcessReader.read() does not take a new process for an old one of its number", async () => {
  const system = pretendedSystem();
  const reader = new ProcessReader(system);
  system.ticks = 5000;
  await reader.read(7);
  system.now = 1_000;
  system.ticks = 10;
  system.startTicks = 9_900;
  assert.equal((await reader.read(7))?.cpuPercent, 10);
});

Deno.test("ProcessReader.read() names a user by number who has no name", async () => {
  const system = pretendedSystem();
  assert.equal((await new ProcessReader(system).read(7))?.username, "4711");
  system.passwd = "web:x:4711:4711::/:/bin/sh\n";
  assert.equal((await new ProcessReader(system).read(7))?.username, "web");
});

Deno.test("ProcessReader.read() gives up on a family that is too large", async () => {
  const system = pretendedSystem();
  system.children = Array.from({ length: 5_000 }, (_, index) => index + 100);
  const reading = await new ProcessReader(system).read(7);
  assert.equal(reading?.children.length, 999);
});

/** A system with the process 7 and its children, at 100 s since its start. */
function pretendedSystem() {
  const system = {
    now: 0,
    ticks: 0,
    startTicks: 0,
    passwd: "root:x:0:0::/:/bin/sh\n",
    children: [] as number[],
    reads: [] as string[],
    monotonic: () => system.now,
    readFolder: (path: string) => Promise.resolve(path === "/proc/7/task" ? ["7"] : []),
    readFile(path: string): Promise<string> {
      system.reads.push(path);
      if (path === "/etc/passwd") return Promise.resolve(system.passwd);
      if (path === "/proc/uptime") return Promise.resolve("100.00 150.00\n");
      if (path === "/proc/7/task/7/children") return Promise.resolve(`${system.children.join(" ")} `);
      const [, pid, file] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
      if (file === "status") return Promise.resolve("Uid:\t0\t4711\t0\t0\n");
      if (file !== "stat") return Promise.reject(new Deno.errors.NotFound());
      const { ticks, startTicks } = system;
      return Promise.resolve(`${pid} (x) S 1 7 7 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${startTicks} 0 0\n`);
    },
  };
  return system;
}
