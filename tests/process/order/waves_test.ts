/**
 * Real processes that wait for each other: who is started when, and stopped when.
 */
import assert from "node:assert/strict";
import type { Definition, DependencyState } from "../../../lib/process/definition.ts";
import { ProcessManager } from "../../../lib/process/manager.ts";
import { untilReady } from "../../../lib/process/readiness/until_ready.ts";

const ENVIRONMENT = { PATH: "/usr/bin:/bin" };

/** Runs until it is stopped; says `up` when a line has come on its stdin. */
const db: Definition = {
  name: "db",
  cmd: "read line; echo up; exec sleep 60",
  shell: true,
  redirect_output: ["out"],
  redirect_input: true,
  ready: { log: "^up$" },
};

const napOf = (name: string, depends_on: Readonly<Record<string, DependencyState>>): Definition => ({
  name,
  cmd: "sleep 60",
  depends_on,
});

Deno.test("ProcessManager starts what waits for a process to be ready when a line of its output says so", async () => {
  await using manager = new ProcessManager({ environment: ENVIRONMENT, untilReady });
  await manager.add(napOf("web", { api: "started" }));
  await manager.add(napOf("api", { db: "ready" }));
  await manager.add(db);
  assert.match(manager.status("api").reason, /waits for "db" to be ready$/);
  assert.match(manager.status("web").reason, /waits for "api" to be started$/);
  assert.deepEqual(manager.running().map(({ name }) => name), ["db"]);
  const webIsThere = told(manager, "spawn", "web");
  await manager.running("db")[0]?.write(new TextEncoder().encode("go\n"));
  await webIsThere;
  assert.deepEqual(manager.running().map(({ name }) => name), ["db", "api", "web"]);
});

Deno.test("ProcessManager starts what waits for a process to end well when it has, and not when it fails", async () => {
  await using manager = new ProcessManager({ environment: ENVIRONMENT, untilReady });
  const once = (name: string, cmd: string): Definition => ({
    name,
    cmd,
    restart: "never",
    redirect_input: true,
    shell: true,
  });
  await manager.add(once("migrate", "read line"));
  await manager.add(once("fail", "read line; exit 1"));
  await manager.add(napOf("web", { migrate: "exited_ok" }));
  await manager.add(napOf("never", { fail: "exited_ok" }));
  assert.deepEqual(manager.running().map(({ name }) => name), ["migrate", "fail"]);
  const failed = told(manager, "exit", "fail");
  await manager.running("fail")[0]?.write(new TextEncoder().encode("go\n"));
  await failed;
  const webIsThere = told(manager, "spawn", "web");
  await manager.running("migrate")[0]?.write(new TextEncoder().encode("go\n"));
  await webIsThere;
  assert.deepEqual(manager.running().map(({ name }) => name), ["web"]);
  assert.equal(manager.status("never").state, "waiting");
});

Deno.test("ProcessManager stops all in the reverse order, each wave when the one behind it has ended", async () => {
  await using manager = new ProcessManager({ environment: ENVIRONMENT, untilReady });
  // The last to be started takes its time to end.
  const slow = { name: "web", cmd: "trap 'sleep 0.1; exit' TERM; echo up; while :; do sleep 0.01; done", shell: true };
  await manager.add({ name: "db", cmd: "sleep 60" });
  await manager.add(napOf("api", { db: "started" }));
  await manager.add({ ...slow, redirect_output: ["out"], ready: { log: "up" }, depends_on: { api: "started" } });
  await manager.add(napOf("last", { web: "ready" }));
  await told(manager, "spawn", "last");
  const from = manager.events.lastId;
  await manager.stopAll();
  const ends = manager.events.latest(manager.events.lastId - from).map(({ value }) => value)
    .filter(({ event }) => event === "exit" || event === "reap").map(({ event, name }) => `${event} ${name}`);
  assert.deepEqual(ends, ["last", "web", "api", "db"].flatMap((name) => [`reap ${name}`, `exit ${name}`]));
});

/** Settles when an event has come; one that has come already counts. */
async function told(manager: ProcessManager, event: string, name: string): Promise<void> {
  for await (const item of manager.events.read({ after: 0 })) {
    if (item.kind === "record" && item.record.value.event === event && item.record.value.name === name) return;
  }
}
