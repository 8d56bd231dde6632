/** The demo's end, which a user may ask for at any moment: also before it is up. */
import assert from "node:assert/strict";

const DEMO = new URL("../../scripts/demo.ts", import.meta.url).pathname;
const TOO_LONG_MS = 30_000;

/** Starts the demo, sends a signal as soon as it has said something, and gives how it ended. */
async function endAfter(said: string, signal: Deno.Signal, args: readonly string[] = []) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", DEMO, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  await using child = command.spawn();
  const tooLong = setTimeout(() => child.kill("SIGKILL"), TOO_LONG_MS);
  let output = "";
  let isSent = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (isSent || !output.includes(said)) continue;
    child.kill(signal);
    isSent = true;
  }
  const { code, signal: killer } = await child.status;
  clearTimeout(tooLong);
  const [dir] = /\/tmp\/happi-[0-9a-f]+/.exec(output) ?? [];
  return { code, killer, output, dir };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`demo ends with status 0 on ${signal} when HAProxy is still starting`, async () => {
    const { code, killer, output } = await endAfter("Starting HAProxy", signal);
    assert.deepEqual([code, killer], [0, null], output);
  });
}

Deno.test("demo leaves no folder behind when it is ended while it waits", async () => {
  const { code, killer, output, dir } = await endAfter("Ctrl-C ends it", "SIGINT");
  assert.deepEqual([code, killer], [0, null], output);
  assert.match(output, /Cleaning up/);
  assert.ok(dir, output);
  await assert.rejects(Deno.stat(dir), Deno.errors.NotFound);
});

Deno.test("demo --check does not pass when it is ended before its questions", async () => {
  const { code, killer, output } = await endAfter("Starting HAProxy", "SIGINT", ["--check"]);
  assert.deepEqual([code, killer], [1, null], output);
});
