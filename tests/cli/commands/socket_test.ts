/** `happi socket` against real HAProxy. */

import assert from "node:assert/strict";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { Interrupted } from "../../../lib/cli/environment.ts";
import { happi } from "../fake_environment.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

testEachHaproxy("happi socket -d gives the answer byte for byte", REALISTIC, async (haproxy) => {
  const { status, output, errors } = await happi(["socket", "-p", haproxy.socketPath, "-d", "show servers state"]);
  assert.deepEqual([status, errors], [0, ""]);
  const raw = await haproxy.ask("show servers state");
  const withoutTimes = (text: string) => text.replace(/^(\d+ \S+ \d+ \S+ \S+ \d \d+ \d+ \d+) .*$/gm, "$1");
  assert.equal(withoutTimes(output).trimEnd(), withoutTimes(raw).trimEnd());
  assert.match(output, /^1\n# be_id be_name /);
});

testEachHaproxy("happi socket says what HAProxy refuses and ends with status 1", REALISTIC, async (haproxy) => {
  const { status, output, errors } = await happi(
    ["socket", "-p", haproxy.socketPath, "-d", "set server nope/s1 state ready", "-d", "show version"],
  );
  assert.deepEqual([status, errors], [1, ""]);
  assert.match(output, /^No such backend\.\n/);
  assert.match(
    output,
    new RegExp(`^${haproxy.build.version.replace(".", "\\.")}`, "m"),
    "the next command runs all the same",
  );
});

testEachHaproxy("happi socket reads commands from a pipe, and from -d -", REALISTIC, async (haproxy) => {
  const stdin = "# who are you\nshow version\n\nadd map " + haproxy.dir + "/hosts.map new.test be_web\n";
  for (const args of [[], ["-d", "-"]]) {
    const { status, output } = await happi(["socket", "-p", haproxy.socketPath, ...args], { stdin });
    assert.equal(status, 0, output);
    assert.match(output, /^\d\.\d/);
  }
  assert.match(await haproxy.ask(`show map ${haproxy.dir}/hosts.map`), /new\.test be_web/);
});

testEachHaproxy(
  "happi socket sends a payload from a file, from standard input and from the script",
  REALISTIC,
  async (haproxy) => {
    const map = `${haproxy.dir}/hosts.map`;
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, "one.test be_web\n");
      const base = ["socket", "-p", haproxy.socketPath];
      assert.equal((await happi([...base, "-d", `add map ${map}`, "--payload", file])).status, 0);
      assert.equal(
        (await happi([...base, "-d", `add map ${map}`, "--payload", "-"], { stdin: "two.test be_web\n" })).status,
        0,
      );
      assert.equal((await happi(base, { stdin: `add map ${map} <<\nthree.test be_web\n\nshow version\n` })).status, 0);
      assert.equal((await happi([...base, "-d", `add map ${map} <<\nfour.test be_web`])).status, 0);
    } finally {
      await Deno.remove(file);
    }
    const shown = await haproxy.ask(`show map ${map}`);
    for (const name of ["one", "two", "three", "four"]) assert.match(shown, new RegExp(`${name}\\.test be_web`));
  },
);

testEachHaproxy(
  "happi socket -l DEBUG logs connect, send, read and close on standard error",
  REALISTIC,
  async (haproxy) => {
    const { output, errors } = await happi(["socket", "-p", haproxy.socketPath, "-l", "DEBUG", "-d", "show version"]);
    assert.match(output, /^\d\.\d/);
    const lines = errors.trimEnd().split("\n");
    for (const line of lines) {
      assert.match(
        line,
        /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]\[happi\.socket\]\[4711\]\[DEBUG\]: \[(?:conn|send|read)\]: /,
      );
    }
    const steps = lines.map((line) => line.slice(line.indexOf("]: [") + 3));
    assert.equal(steps[0], `[conn]: connection ${haproxy.socketPath} is open`);
    assert.ok(steps.some((step) => /^\[send\]: .*show version/.test(step)));
    assert.ok(steps.some((step) => step.startsWith("[read]: ")));
    assert.equal(steps.at(-1), `[conn]: connection to ${haproxy.socketPath} is closed`);
  },
);

testEachHaproxy("happi socket reaches the master and its worker", { ...REALISTIC, master: true }, async (haproxy) => {
  const path = haproxy.masterSocketPath ?? assert.fail("the launcher gives a master socket");
  const pid = await haproxy.workerPid();
  const ask = async (...args: string[]) => (await happi(["socket", "-p", path, ...args])).output;
  assert.match(await ask("--master", "-d", "show proc"), /^#<PID>/);
  assert.match(await ask("--worker", "-d", "show info"), new RegExp(`^Pid: ${pid}$`, "m"));
  assert.match(await ask("--pid", String(pid), "-d", "show info"), new RegExp(`^Pid: ${pid}$`, "m"));
  assert.equal((await happi(["socket", "-p", path, "--pid", "1", "-d", "show info"])).status, 1);
});

testEachHaproxy("happi socket --expert unlocks a command", REALISTIC, async (haproxy) => {
  const command = ["socket", "-p", haproxy.socketPath, "-d", "debug dev delay 1"];
  assert.equal((await happi(command)).status, 1);
  const { status, output } = await happi([...command, "--expert"]);
  assert.equal(status, 0, output);
});

testEachHaproxy("happi socket -f shows lines as they come until it is interrupted", REALISTIC, async (haproxy) => {
  const controller = new AbortController();
  const running = happi(["socket", "-p", haproxy.socketPath, "-f", "-d", "show events traffic -w"], {
    signal: controller.signal,
    onWrite: (text) => {
      if (text.includes("/followed")) controller.abort(new Interrupted("SIGINT"));
    },
  });
  await (await fetch(`http://127.0.0.1:${haproxy.port("status")}/followed`)).body?.cancel();
  const { status, output } = await running;
  assert.equal(status, 130);
  assert.match(output, /"GET \/followed HTTP\/1\.1"/);
});

testEachHaproxy("happi socket speaks over TCP, and takes its address from HAPPI_SOCKET", REALISTIC, async (haproxy) => {
  const variables = { HAPPI_SOCKET: `127.0.0.1:${haproxy.port("cli")}` };
  assert.match((await happi(["socket", "-d", "show version"], { variables })).output, /^\d\.\d/);
});

testEachHaproxy("the real happi socket answers on its outputs and exit status", REALISTIC, async (haproxy) => {
  const base = ["run", "-A", MAIN, "socket", "-p", haproxy.socketPath];
  const told = await new Deno.Command(Deno.execPath(), {
    args: [...base, "-d", "show version", "-d", "show nonsense"],
    stdin: "null",
  }).output();
  assert.equal(told.code, 1);
  assert.match(new TextDecoder().decode(told.stdout), /^\d\.\d[^]*Unknown command[:,] /);
  assert.equal(new TextDecoder().decode(told.stderr), "");

  const piped = new Deno.Command(Deno.execPath(), { args: base, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = piped.stdin.getWriter();
  await writer.write(new TextEncoder().encode("show version\nshow env HOME"));
  await writer.close();
  const { code, stdout } = await piped.output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /^\d\.\d[^]*HOME=/);
});

Deno.test("happi socket without a command and without input is usage", async () => {
  const { status, errors } = await happi(["socket", "-p", "/nowhere.sock"]);
  assert.equal(status, 2);
  assert.match(errors, /^happi: Cannot send nothing: give a command with -d or on standard input\n/);
});

Deno.test("happi socket --payload needs one command without lines of its own", async () => {
  for (const commands of [["-d", "a", "-d", "b"], ["-d", "a <<\nx"]]) {
    const { status, errors } = await happi(["socket", "-p", "/s.sock", ...commands, "--payload", "-"], { stdin: "x" });
    assert.equal(status, 2);
    assert.match(errors, /^happi: Cannot use --payload: /);
  }
});

Deno.test("happi socket -f follows one command only", async () => {
  const { status, errors } = await happi(["socket", "-p", "/s.sock", "-f", "-d", "a", "-d", "b"]);
  assert.equal(status, 2);
  assert.match(errors, /^happi: Cannot follow several commands at once/);
});
