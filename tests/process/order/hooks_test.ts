/**
 * Hooks as real processes.
 */
import assert from "node:assert/strict";
import { HookFailed, runHooks, throwIfFailed } from "../../../lib/process/order/hooks.ts";
import type { Definition } from "../../../lib/process/definition.ts";
import { ProcessManager } from "../../../lib/process/manager.ts";

async function managerOf(definitions: readonly Definition[]): Promise<ProcessManager> {
  const manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  for (const definition of definitions) await manager.add({ ...definition, start: false });
  return manager;
}

const before = (name: string, cmd: string, more: Partial<Definition> = {}): Definition => ({
  name,
  cmd,
  before: "haproxy-reload",
  ...more,
});

Deno.test("runHooks() runs what is for this time and this event, lowest priority first", async () => {
  await using manager = await managerOf([
    before("last", "true"),
    before("second", "true", { priority: 2 }),
    before("first", "true", { priority: 1 }),
    { name: "later", cmd: "true", after: "haproxy-reload" },
    { name: "other", cmd: "true", before: "haproxy-stop" },
    { name: "kept", cmd: "sleep 60" },
  ]);
  const names = async (...of: ["before" | "after", string]) => (await runHooks(manager, ...of)).map(({ name }) => name);
  assert.deepEqual(await names("before", "haproxy-reload"), ["first", "second", "last"]);
  assert.deepEqual(await names("after", "haproxy-reload"), ["later"]);
  assert.deepEqual(await names("before", "nothing"), []);
});

Deno.test("runHooks() stops at the first that fails before something, and at none after it", async () => {
  await using manager = await managerOf([
    before("bad", "exit 3", { shell: true }),
    before("never", "true"),
    { name: "killed", cmd: "kill -9 $$", shell: true, after: "haproxy-reload" },
    { name: "fine", cmd: "true", after: "haproxy-reload" },
  ]);
  const shown = async (when: "before" | "after") =>
    (await runHooks(manager, when, "haproxy-reload")).map(({ name, ok, reason }) => [name, ok, reason]);
  assert.deepEqual(await shown("before"), [["bad", false, "has ended with status 3"]]);
  assert.deepEqual(await shown("after"), [["killed", false, "was ended by SIGKILL"], ["fine", true, ""]]);
});

Deno.test("runHooks() ends a hook that takes too long, with all that it started", async () => {
  await using manager = await managerOf([before("slow", "sleep 60 & sleep 60", { shell: true })]);
  const [slow] = await runHooks(manager, "before", "haproxy-reload", { deadlineMs: 30 });
  assert.equal(slow?.reason, "has not ended within 0.03 s, and was ended");
  assert.deepEqual(manager.running(), []);
});

Deno.test("runHooks() tells of a hook that is no program", async () => {
  await using manager = await managerOf([before("gone", "/nobody/has/this")]);
  const [gone] = await runHooks(manager, "before", "haproxy-reload");
  assert.match(gone?.reason ?? "", /^was not started: Cannot start process "gone"/);
});

Deno.test("throwIfFailed() refuses with the hook's name and reason", () => {
  const results = [{ name: "check", ok: false, reason: "has ended with status 1", took_ms: 1 }];
  assert.throws(
    () => throwIfFailed("before", "haproxy-reload", results),
    { name: HookFailed.name, message: `Cannot begin "haproxy-reload": hook "check" has ended with status 1` },
  );
  assert.doesNotThrow(() => throwIfFailed("before", "haproxy-reload", []));
});
