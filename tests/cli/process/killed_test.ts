/** What a killed happi has left, and the real program's signals. */

import assert from "node:assert/strict";
import { inFolder, startKeeper, write } from "./started_keeper.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/** Starts the program itself; gives it with what it has said when that fits. */
async function startProgram(args: readonly string[], pattern: RegExp) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "process", "--process-listen", "127.0.0.1:0", "--http", "off", ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const child = command.spawn();
  let said = "";
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const found = pattern.exec(said);
    if (found !== null) return { child, reader, found };
    const { done, value } = await reader.read();
    assert.ok(!done, said);
    said += value;
  }
}

Deno.test("happi process ends what a killed one has left, before it starts its own", () =>
  inFolder(async (folder) => {
    const file = await write(folder, "happi.toml", '[process.nap]\ncmd = "sleep 600"\n');
    const { child, reader, found } = await startProgram(["-c", file], /process 1 of "nap" os_pid=(\d+)/);
    const left = Number(found[1]);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    assert.match(await commandOf(left), /sleep 600$/);
    await using keeper = await startKeeper(["-c", file, "--http", "off"]);
    await keeper.until(/WARNING\]: Ended 1 process that a killed happi had left running\n/);
    assert.equal(await commandOf(left), "");
    assert.match((await keeper.happi("list")).output, /^nap +ready +1\/1 /m);
  }));

Deno.test("happi process ends at once at the second SIGTERM, and leaves nothing", () =>
  inFolder(async (folder) => {
    const toml = `[process.deaf]\ncmd = "trap '' TERM; sleep 600 & wait; wait; sleep 600"\nshell = true\n`;
    const file = await write(folder, "happi.toml", `${toml}graceful_timeout = 600\n`);
    const { child, reader, found } = await startProgram(["-c", file], /process 1 of "deaf" os_pid=(\d+)/);
    child.kill("SIGTERM");
    for (let said = ""; !said.includes("Stopping everything");) said += (await reader.read()).value ?? "";
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await reader.cancel();
    // What was killed is gone a moment later; nobody who lives hears of it.
    for (let tries = 0; tries < 200 && await commandOf(Number(found[1])) !== ""; tries++) await moment();
    assert.equal(await commandOf(Number(found[1])), "");
  }));

function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

/** The command line of a process; empty when it has ended. */
async function commandOf(pid: number): Promise<string> {
  const text = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  return text.replaceAll("\0", " ").trim();
}
