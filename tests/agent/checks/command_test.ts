import assert from "node:assert/strict";
import { COMMAND } from "../../../lib/agent/checks/command.ts";
import { isAlive } from "../../../scripts/haproxy/group.ts";
import { checkContext, forever } from "../target/peers.ts";

function shell(script: string, more: Record<string, unknown> = {}) {
  return COMMAND.make({ command: ["sh", "-c", script], ...more }, checkContext({ origin: "config" }));
}

Deno.test("command is up on exit status 0 and down on every other, with what was said as reason", async () => {
  assert.deepEqual(await shell("echo fine").run(forever()), {
    reply: { health: "up" },
    reason: "",
    facts: { exit_code: 0 },
  });
  assert.deepEqual(await shell("echo disk full; echo more; exit 3").run(forever()), {
    reply: { health: "down" },
    reason: '"sh" ended with exit status 3: disk full',
    facts: { exit_code: 3 },
  });
  assert.equal((await shell("echo oh >&2; exit 1").run(forever())).reason, '"sh" ended with exit status 1: oh');
});

Deno.test("command maps exit statuses to replies, as for Nagios' plugins", async () => {
  const exitCodes = { 1: "up 50%", 2: "down", 3: "drain" };
  const said = async (code: number) => (await shell(`exit ${code}`, { exitCodes }).run(forever())).reply;
  assert.deepEqual(await said(1), { health: "up", weight: { percent: 50 } });
  assert.deepEqual(await said(2), { health: "down" });
  assert.deepEqual(await said(3), { admin: "drain" });
  assert.deepEqual(await said(4), { health: "down" });
});

Deno.test("command takes the first line of output for the reply, whatever the exit status", async () => {
  const { reply, reason } = await shell("echo 'drain 20% up # moving'; echo down; exit 1", { reply: "output" }).run(
    forever(),
  );
  assert.deepEqual(reply, { admin: "drain", health: "up", weight: { percent: 20 }, text: "moving" });
  assert.equal(reason, "moving");
});

Deno.test("command fails on output that HAProxy would not understand", async () => {
  await assert.rejects(shell("echo 'failed badly'", { reply: "output" }).run(forever()), {
    code: "check_failed",
    message: '"sh" said "failed badly": HAProxy has no word "failed"',
  });
  await assert.rejects(shell("true", { reply: "output" }).run(forever()), {
    message: '"sh" said nothing on its first line',
  });
});

Deno.test("command has an environment of its own and nothing of happi's", async () => {
  Deno.env.set("HAPPI_TEST_SECRET", "hidden");
  const check = shell('echo "$HAPPI_TEST_SECRET/$GIVEN/$PWD" >&2; exit 1', { env: { GIVEN: "seen" }, cwd: "/usr" });
  assert.equal((await check.run(forever())).reason, '"sh" ended with exit status 1: /seen//usr');
  Deno.env.delete("HAPPI_TEST_SECRET");
});

Deno.test("command is killed at the deadline with all it has started", async () => {
  const folder = await Deno.makeTempDir();
  // The second process ignores polite requests, and neither of them ends by itself.
  const script = `sh -c 'trap "" TERM HUP INT; echo $$ > ${folder}/pid; while :; do sleep 60; done' & wait`;
  const deadline = new AbortController();
  const run = shell(script).run(deadline.signal);
  const pid = await firstContent(folder, "pid");
  assert.ok(isAlive(pid));
  deadline.abort();
  await assert.rejects(run, { code: "check_failed", message: '"sh" was not done in time and was killed' });
  await until(() => !isAlive(pid));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("command does not wait for what it left behind, and ends it", async () => {
  const folder = await Deno.makeTempDir();
  const check = shell(`sleep 600 & echo $! > ${folder}/pid; exit 0`);
  assert.deepEqual((await check.run(forever())).reply, { health: "up" });
  const pid = Number(await Deno.readTextFile(`${folder}/pid`));
  await until(() => !isAlive(pid));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("command does not wait for a process that has left its group and holds its output", async () => {
  const folder = await Deno.makeTempDir();
  const found = await shell(`setsid sh -c 'echo $$ > ${folder}/pid; exec sleep 600' &
    while [ ! -s ${folder}/pid ]; do sleep 0.01; done; exit 1`).run(forever());
  assert.deepEqual(found.reply, { health: "down" });
  Deno.kill(await firstContent(folder, "pid"), "SIGKILL");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("command keeps only the beginning of endless output", async () => {
  const check = shell("yes nonsense | head -c 3000000; exit 1");
  const { reason } = await check.run(forever());
  assert.equal(reason, '"sh" ended with exit status 1: nonsense');
});

Deno.test("command fails when the program is ended by a signal or is not there", async () => {
  await assert.rejects(shell("kill -9 $$").run(forever()), { message: '"sh" was ended by SIGKILL' });
  const missing = COMMAND.make({ command: ["/no/such/program"] }, checkContext({ origin: "config" }));
  await assert.rejects(missing.run(forever()), {
    code: "check_failed",
    message: 'Cannot run "/no/such/program": there is no such program or folder',
  });
});

Deno.test("command refuses what is no program, no environment and no table of exit statuses", () => {
  const wrong: Record<string, unknown>[] = [
    {},
    { command: [] },
    { command: [""] },
    { command: ["a\0b"] },
    { command: ["true"], env: { "A-B": "1" } },
    { command: ["true"], exitCodes: { 256: "down" } },
    { command: ["true"], exitCodes: { 1: "failed" } },
    { command: ["true"], exitCode: { 1: "down" } },
  ];
  for (const options of wrong) {
    assert.throws(() => COMMAND.make(options, checkContext({ origin: "config" })), { code: "invalid_check" });
  }
});

Deno.test("command may not be named by a request on the wire", () => {
  assert.equal(COMMAND.isOnWire, false);
});

/** The number that a file holds as soon as it is written. */
async function firstContent(folder: string, name: string): Promise<number> {
  let found = 0;
  await until(() => {
    try {
      found = Number(Deno.readTextFileSync(`${folder}/${name}`));
    } catch {
      // Not there yet.
    }
    return found > 0;
  });
  return found;
}

async function until(isSo: () => boolean): Promise<void> {
  const latest = Date.now() + 10_000;
  while (!isSo()) {
    assert.ok(Date.now() < latest, "it takes too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
