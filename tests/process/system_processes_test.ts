import assert from "node:assert/strict";
import { isGroupRunning, sendSignal, systemPids, systemProcess } from "../../lib/process/system_processes.ts";
import { until } from "./system.ts";

Deno.test("systemProcess() knows a process, whatever its name", async () => {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/a) Z 1 (b`;
  await Deno.copyFile("/bin/sleep", program);
  const child = new Deno.Command(program, { args: ["60"], detached: true }).spawn();
  const found = await systemProcess(child.pid);
  assert.deepEqual([found?.pid, found?.group, found?.session], [child.pid, child.pid, child.pid]);
  assert.ok((found?.startedAt ?? 0) >= ((await systemProcess(Deno.pid))?.startedAt ?? Infinity));
  assert.ok((await systemPids()).includes(child.pid));
  assert.equal(sendSignal(child.pid, 9), true);
  await child.status;
  assert.equal(await systemProcess(child.pid), undefined);
  assert.equal(sendSignal(child.pid, 0), false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("isGroupRunning() does not count zombies, which the kernel does", async () => {
  // The group's only member ends; its parent has gone into a session of its own and never asks for its status.
  const line = '(sh -c "exit 0" & exec setsid sleep 60) & echo $!';
  const leader = new Deno.Command("sh", { args: ["-c", line], detached: true, stdin: "null", stdout: "piped" }).spawn();
  const reader = leader.stdout.getReader();
  const parent = Number(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  await leader.status;
  await until("only a zombie is left", async () => !await isGroupRunning(leader.pid));
  assert.equal(sendSignal(-leader.pid, 0), true, "the kernel counts it");
  sendSignal(parent, 9);
});

Deno.test("sendSignal() refuses what would mean everybody", () => {
  for (const pid of [0, 1, -1, NaN, 1.5]) assert.throws(() => sendSignal(pid, 15), RangeError);
});
