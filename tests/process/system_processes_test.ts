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

Deno.test("systemProcess() and isGroupRunning() do not take for ended what they cannot look at", async () => {
  const folder = await Deno.makeTempDir();
  const program = `
    import { isGroupRunning, systemProcess } from "${new URL(
    "../../lib/process/system_processes.ts",
    import.meta.url,
  )}";
    const child = new Deno.Command("sleep", { args: ["60"], detached: true }).spawn();
    const files = [];
    try { while (true) files.push(Deno.openSync("/dev/null")); } catch { /* none is left to open */ }
    const looked = await systemProcess(Deno.pid).then(() => "looked", () => "threw");
    const isRunning = await isGroupRunning(child.pid);
    for (const file of files) file.close();
    console.log(looked, isRunning);
    child.kill("SIGKILL");
    await child.status;`;
  await Deno.writeTextFile(`${folder}/full.ts`, program);
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 60; exec "$0" run -A --no-check "$1"', Deno.execPath(), `${folder}/full.ts`],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "threw true\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("sendSignal() refuses what would mean everybody", () => {
  for (const pid of [0, 1, -1, NaN, 1.5]) assert.throws(() => sendSignal(pid, 15), RangeError);
});
