import assert from "node:assert/strict";
import { Child, type ChildOptions } from "../../lib/process/child.ts";
import type { Definition } from "../../lib/process/definition.ts";
import { ENVIRONMENT, freshMark, isAlive, openFiles, pidsWith, until } from "./system.ts";

let lastPid = 0;

function start(definition: Partial<Definition>, options: Partial<ChildOptions> = {}): Promise<Child> {
  const pid = ++lastPid;
  return Child.start({ name: "test", cmd: "true", ...definition }, {
    pid,
    environment: ENVIRONMENT,
    mark: {},
    ...options,
  });
}

/** A line for the shell, with its output. */
function shell(cmd: string, definition: Partial<Definition> = {}, options: Partial<ChildOptions> = {}): Promise<Child> {
  return start({ cmd, shell: true, redirect_output: ["out", "err"], ...definition }, options);
}

function textOf(child: Child, label = "out"): string {
  const chunks = child.outputs.get(label)?.latest().map(({ value }) => value) ?? [];
  return new TextDecoder().decode(new Uint8Array(chunks.flatMap((chunk) => [...chunk])));
}

/** The numbers that it has written so far. */
async function numbersOf(child: Child, count: number): Promise<number[]> {
  await until(`${count} numbers`, () => textOf(child).split("\n").length > count);
  return textOf(child).trim().split("\n").map(Number);
}

const ENDS: readonly (readonly [line: string, exit_status: number, term_signal: number])[] = [
  ["exit 0", 0, 0],
  ["exit 3", 3, 0],
  ["exit 255", 255, 0],
  ["exit 143", 143, 0],
  ["kill -TERM $$", 143, 15],
  ["kill -KILL $$", 137, 9],
  ["kill -HUP $$", 129, 1],
  ["ulimit -c 0; kill -SEGV $$", 139, 11],
  ["kill -40 $$", 168, 40],
];
for (const [line, exit_status, term_signal] of ENDS) {
  Deno.test(`Child tells status ${exit_status} and signal ${term_signal} of "${line}"`, async () => {
    const child = await shell(line);
    await child.ended;
    assert.deepEqual(child.exit, { exit_status, term_signal });
    assert.equal(child.state, "exited");
    assert.ok([...child.outputs.values()].every((feed) => feed.isClosed));
  });
}

const REFUSED: Readonly<Record<string, readonly [Partial<Definition>, RegExp]>> = {
  "a missing program": [{ cmd: "no-such-program-here" }, /no-such-program-here/],
  "a program that may not be run": [{ cmd: "/etc/passwd" }, /denied/i],
  "a folder": [{ cmd: "/tmp" }, /denied/i],
  "a missing working directory": [{ cwd: "/no/such/folder" }, /No such cwd '\/no\/such\/folder'/],
  "a missing user": [{ uid: "no-such-user" }, /no-such-user/],
  "a missing group": [{ gid: "no-such-group" }, /no-such-group/],
  "an argument that is too long": [{ args: ["x".repeat(200_000)] }, /Argument list too long/],
  "arguments that are too long together": [{ args: Array(40).fill("x".repeat(120_000)) }, /Argument list too long/],
  "a NUL byte in an argument": [{ args: ["a\0b"] }, /nul byte/i],
  "a NUL byte in the environment": [{ env: { A: "a\0b" } }, /nul byte/i],
};
for (const [what, [definition, why]] of Object.entries(REFUSED)) {
  Deno.test(`Child.start() refuses ${what}, and leaves nothing open`, async () => {
    const before = openFiles();
    await assert.rejects(start({ redirect_input: true, redirect_output: ["out", "err"], ...definition }), {
      code: "cannot_start",
      message: why,
    });
    assert.equal(openFiles(), before);
  });
}

Deno.test("Child.start() gives what the definition says: arguments, environment, folder, user", async () => {
  const args = ["-c", 'printf "%s|" "$0" "$$A" "$$B" "$$MARK" "$(pwd)" "$(id -u):$(id -g)"', "$$1 $A", "-"];
  const child = await start(
    { cmd: "sh", args, env: { A: "given", MARK: "own" }, cwd: "/tmp", uid: 65534, gid: 1, redirect_output: ["out"] },
    { environment: { ...ENVIRONMENT, A: "happi", B: "happi" }, mark: { MARK: "mark" } },
  );
  await child.ended;
  assert.equal(textOf(child), "$1 given|given|happi|mark|/tmp|65534:1|");
});

Deno.test("Child.start() keeps happi's environment from it when os_env is false", async () => {
  const child = await start({ cmd: "/usr/bin/env", os_env: false, env: { A: "1" }, redirect_output: ["out"] });
  await child.ended;
  assert.equal(textOf(child), "A=1\n");
});

Deno.test("Child.stop() ends the whole group", async () => {
  const child = await shell("sleep 60 & echo $!; sleep 61 & echo $!; wait");
  const pids = await numbersOf(child, 2);
  await child.stop();
  assert.deepEqual(child.exit, { exit_status: 143, term_signal: 15 });
  await until("the group is gone", async () => !(await Promise.all(pids.map(isAlive))).includes(true));
});

Deno.test("Child.stop() kills after the grace what does not end, and not before", async () => {
  const child = await shell("trap '' TERM; echo 1; while :; do sleep 60; done", { graceful_timeout: 0.3 });
  await numbersOf(child, 1);
  const began = performance.now();
  await child.stop();
  assert.ok(performance.now() - began >= 290);
  assert.deepEqual(child.exit, { exit_status: 137, term_signal: 9 });
});

Deno.test("Child.stop() sends SIGTERM once, however often it is asked", async () => {
  const child = await shell("trap 'echo term' TERM; echo 1; while [ $((n += 1)) -lt 20 ]; do sleep 0.02; done");
  await numbersOf(child, 1);
  await Promise.all([child.stop(), child.stop(), child.stop()]);
  await child.stop();
  assert.equal(textOf(child), "1\nterm\n");
});

Deno.test("Child.stop() ends one that is halted, by SIGTERM", async () => {
  const child = await shell("trap 'echo bye; exit 7' TERM; echo 1; kill -STOP $$; sleep 60");
  await numbersOf(child, 1);
  await until("it is halted", async () => (await Deno.readTextFile(`/proc/${child.os_pid}/stat`)).includes(") T "));
  await child.stop();
  assert.deepEqual(child.exit, { exit_status: 7, term_signal: 0 });
  assert.equal(textOf(child), "1\nbye\n");
});

Deno.test("Child ends what its process has left in its group, also what ignores SIGTERM or is halted", async () => {
  const left = "(trap '' TERM; sleep 60; sleep 61) & echo $!; sleep 62 & kill -STOP $!; echo $!";
  const child = await shell(`${left}; exit 4`);
  await child.ended;
  assert.deepEqual(child.exit, { exit_status: 4, term_signal: 0 });
  const pids = textOf(child).trim().split("\n").map(Number);
  assert.equal(pids.length, 2);
  await until("they are gone", async () => !(await Promise.all(pids.map(isAlive))).includes(true));
});

Deno.test("Child.ended does not wait for a grandchild that has left the group and holds the pipe", async () => {
  const before = openFiles();
  const { variable } = freshMark();
  const child = await shell("setsid sleep 20 & echo $!; echo last >&2", { env: { OWN: variable } });
  const began = performance.now();
  await child.ended;
  assert.ok(performance.now() - began < 5_000);
  assert.equal(textOf(child, "err"), "last\n");
  // The runtime closes a file a little after it was told to.
  await until("nothing is open", () => openFiles() <= before);
  for (const pid of await pidsWith(variable)) Deno.kill(pid, "SIGKILL");
});

Deno.test("Child gives exactly the bytes that were written, also without a line's end and no UTF-8", async () => {
  const child = await shell(`head -c 300000 /dev/zero | tr '\\0' '\\377'; printf 'half \\303'`);
  await child.ended;
  const all = child.outputs.get("out")?.latest() ?? [];
  const bytes = all.flatMap(({ value }) => [...value]);
  assert.equal(bytes.length, 300_006);
  assert.ok(bytes.slice(0, 300_000).every((byte) => byte === 255));
  assert.deepEqual(bytes.slice(300_000), [...new TextEncoder().encode("half "), 0xc3]);
});

Deno.test("Child merges stdout and stderr under one label, keeps them apart under two, drops what has none", async () => {
  const line = "echo a; sleep 0.05; echo b >&2; sleep 0.05; echo c";
  const [merged, apart, first, none] = await Promise.all([
    shell(line, { redirect_output: ["all", "all"] }),
    shell(line),
    shell(line, { redirect_output: ["out"] }),
    shell(line, { redirect_output: [] }),
  ]);
  await Promise.all([merged.ended, apart.ended, first.ended, none.ended]);
  assert.deepEqual([...merged.outputs.keys()], ["all"]);
  assert.equal(textOf(merged, "all"), "a\nb\nc\n");
  assert.equal(textOf(apart), "a\nc\n");
  assert.equal(textOf(apart, "err"), "b\n");
  assert.deepEqual([...first.outputs.keys()], ["out"]);
  assert.equal(none.outputs.size, 0);
});

Deno.test("Child.write() and closeInput() feed its stdin, byte for byte", async () => {
  const child = await start({ cmd: "sha256sum", redirect_input: true, redirect_output: ["out"] });
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  const all = new Uint8Array(50_000 * 15);
  await Promise.all(
    Array.from({ length: 15 }, (_, at) => {
      all.set(bytes, at * bytes.length);
      return child.write(bytes);
    }).slice(0, 40),
  );
  await child.closeInput();
  await child.ended;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
  assert.equal(textOf(child), `${digest}  -\n`);
});

Deno.test("Child.write() refuses when nothing reads: not redirected, closed by it, closed by us, ended", async () => {
  const cases = {
    plain: await start({ cmd: "sleep", args: ["20"] }),
    deaf: await shell("exec 0<&-; echo 1; sleep 20", { redirect_input: true }),
    closed: await start({ cmd: "sleep", args: ["20"], redirect_input: true }),
    ended: await start({ cmd: "true", redirect_input: true }),
  };
  await numbersOf(cases.deaf, 1);
  await cases.closed.closeInput();
  await cases.closed.closeInput();
  await cases.ended.ended;
  for (const child of Object.values(cases)) {
    await assert.rejects(child.write(new Uint8Array(10)), { code: "no_input" });
    await child.stop();
  }
});

Deno.test("Child.write() to one that never reads ends in time, keeps little, and lets it be stopped", async () => {
  const before = openFiles();
  const input = { maxWaiting: 200_000, patienceMs: 100 };
  const child = await start({ cmd: "sleep", args: ["20"], redirect_input: true }, { input });
  await assert.rejects(child.write(new Uint8Array(150_000)), {
    code: "input_full",
    message: /has read nothing for 0.1 s/,
  });
  await assert.rejects(child.write(new Uint8Array(150_000)), {
    code: "input_full",
    message: /\d+ bytes wait for it already/,
  });
  await child.stop();
  await until("nothing is open", () => openFiles() <= before);
});

Deno.test("Child.write() waits as long as it takes one that reads slowly", async () => {
  const input = { patienceMs: 1_000 };
  const reads = "for n in 1 2 3 4 5 6; do sleep 0.25; head -c 60000 > /dev/null; done; echo 1; sleep 20";
  const child = await shell(reads, { redirect_input: true }, { input });
  const began = performance.now();
  await child.write(new Uint8Array(400_000));
  assert.ok(performance.now() - began > 1_000, "it has taken longer than the patience");
  await child.stop();
});

Deno.test("Child.release() lets it go on, and keeps nothing open", async () => {
  const before = openFiles();
  const child = await shell("echo 1; sleep 20", { redirect_input: true });
  await numbersOf(child, 1);
  await child.release();
  assert.ok(await isAlive(child.os_pid));
  assert.equal(child.outputs.get("out")?.isClosed, true);
  Deno.kill(child.os_pid, "SIGKILL");
  await until("its end is known", () => child.exit !== undefined);
  await until("nothing is open", () => openFiles() === before);
});
