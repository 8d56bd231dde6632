/** The program as a whole: help, errors, and the real process. */

import assert from "node:assert/strict";
import { METHODS, toSnakeCase } from "../../lib/client/mod.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { positionalOf, settingsOf } from "../../lib/cli/method_arguments.ts";
import { VERSION } from "../../lib/cli/version.ts";
import { fakeEnvironment, happi } from "./fake_environment.ts";
import { run } from "../../lib/cli/mod.ts";
import { Interrupted, ReaderGone } from "../../lib/cli/environment.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

for (const args of [["--help"], ["-h"], ["help"]]) {
  Deno.test(`happi ${args.join(" ")} names every command and every exit status`, async () => {
    const { status, output, errors } = await happi(args);
    assert.deepEqual({ status, errors }, { status: 0, errors: "" });
    for (const name of Object.keys(COMMANDS)) assert.match(output, new RegExp(`^  ${name} +\\S`, "m"));
    for (const code of [0, 1, 2, 3, 4, 5, 70]) assert.match(output, new RegExp(`^  ${code} +\\S`, "m"));
  });
}

for (const name of Object.keys(COMMANDS)) {
  Deno.test(`happi ${name} --help shows its own help, as happi help ${name} does`, async () => {
    const { status, output } = await happi([name, "--help"]);
    assert.equal(status, 0);
    assert.match(output, new RegExp(`^Usage: happi ${name}`));
    if (name !== "help") assert.deepEqual(await happi(["help", name]), { status: 0, output, errors: "" });
  });
}

Deno.test("happi client --help lists every method with one line", async () => {
  const { output } = await happi(["client", "--help"], { isTerminal: true, columns: 120 });
  for (const [name, method] of Object.entries(METHODS)) {
    const line = output.split("\n").find((one) => one.startsWith(`  ${toSnakeCase(name)} `));
    assert.ok(line?.includes(method.summary.slice(0, 40)), name);
  }
});

Deno.test("every method has a help of its own that fits the terminal", async () => {
  for (const [name, method] of Object.entries(METHODS)) {
    const { status, output } = await happi(["client", toSnakeCase(name), "--help"]);
    assert.equal(status, 0, name);
    assert.ok(output.includes(`HAProxy ${method.since}`), name);
    const words = output.replace(/\s+/g, " ").toLowerCase();
    for (const parameter of [...positionalOf(method), ...settingsOf(method)]) {
      assert.ok(words.includes(parameter.description.replace(/\s+/g, " ").toLowerCase()), `${name}: ${parameter.name}`);
    }
    for (const line of output.split("\n")) assert.ok(line.length <= 100, `${name}: ${line}`);
  }
});

const ERRORS: readonly (readonly [args: string[], errors: RegExp])[] = [
  [["sokcet"], /^happi: Cannot find command "sokcet": did you mean socket\?\n {7}See: happi --help\n$/],
  [["xyz"], /^happi: Cannot find command "xyz": the commands are socket, client, /],
  [["--nonsense"], /^happi: Cannot understand "happi --nonsense": a command is missing\n/],
  [["client"], /^happi: Cannot call nothing: name a method\n {7}See: happi client --help\n$/],
  [["client", "get_server_state"], /: did you mean .*get_servers_state/],
  [["client", "getServerState"], /: did you mean .*get_servers_state/],
  [["client", "servers_state"], /: did you mean get_servers_state/],
  [
    ["client", "get_info", "--fromat", "json"],
    /"--fromat"; did you mean "--format"(?: or "--float")?\?\n {7}See: happi client get_info --help\n$/,
  ],
  [["client", "get_info", "--format", "xml"], /"xml" is none of json, ndjson, table, csv/],
  [["client", "get_info", "-p"], /"-p" requires "PATH"/],
  [["client", "set_server_state", "web/s1"], /^happi: Cannot use nothing as state: it is needed/],
  [
    ["client", "set_server_state", "web/s1", "drian"],
    /^happi: Cannot use "drian" as state: it must be ready, drain, maint\n/,
  ],
  [["socket", "-p", "/s", "--timeout", "10", "-d", "x"], /^happi: Cannot use "10" as --timeout: write a time/],
  [["socket", "-p", "/s", "--master", "--pid", "5", "-d", "x"], /give one of --master, --worker and --pid/],
  [["socket", "-p", "nonsense", "-d", "x"], /^happi: Cannot use address "nonsense"/],
  [["server", "-p", "/s", "--listen", "127.0.0.1:1", "--port", "2"], /^happi: Cannot listen in two ways/],
  [["server", "-p", "/s", "--listen", "0.0.0.0:0"], /^happi: Cannot listen on "0\.0\.0\.0:0"/],
];

for (const [args, errors] of ERRORS) {
  Deno.test(`happi ${args.join(" ")} ends with status 2 and says why`, async () => {
    const outcome = await happi(args);
    assert.match(outcome.errors, errors);
    assert.deepEqual([outcome.status, outcome.output], [2, ""]);
  });
}

Deno.test("happi without anything shows the help and ends with status 2", async () => {
  const { status, output } = await happi([]);
  assert.equal(status, 2);
  assert.match(output, /^Usage: happi COMMAND/);
});

Deno.test("happi's version is that of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.equal(VERSION, version);
  for (const args of [["version"], ["--version"], ["-V"]]) {
    assert.match((await happi(args)).output, new RegExp(`^happi ${version.replaceAll(".", "\\.")} \\(Deno `));
  }
});

Deno.test("colours are for terminals that want them", async () => {
  assert.ok(
    (await happi(["nonsense"], { isTerminal: true, hasColours: true })).errors.startsWith("\x1b[31mhappi:\x1b[39m"),
  );
  assert.ok((await happi(["nonsense"])).errors.startsWith("happi:"));
});

Deno.test("run() ends quietly when nobody reads its output any more", async () => {
  const environment = fakeEnvironment(["--help"]);
  const stdout = { ...environment.stdout, write: () => Promise.reject(new ReaderGone(new Error("EPIPE"))) };
  assert.equal(await run({ ...environment, stdout }), 0);
  assert.equal(environment.errors(), "");
});

Deno.test("run() ends although nobody reads what is on its standard error", async () => {
  const environment = fakeEnvironment(["--help"]);
  const stderr = { ...environment.stderr, write: () => new Promise<void>(() => {}) };
  assert.equal(await run({ ...environment, stderr }), 0);
});

Deno.test("run() ends with the signal's status and without words when it was interrupted", async () => {
  const signal = AbortSignal.abort(new Interrupted("SIGINT"));
  const { status, errors } = await happi(["socket", "-p", "/nowhere.sock", "-d", "show info"], { signal });
  assert.deepEqual([status, errors], [130, ""]);
});

Deno.test("run() tells a fault of its own from everything else", async () => {
  const environment = fakeEnvironment(["--help"]);
  const stdout = { ...environment.stdout, write: () => Promise.reject(new RangeError("a bug")) };
  assert.equal(await run({ ...environment, stdout }), 70);
  assert.match(environment.errors(), /^happi: this is a fault of happi's own, please report it\nRangeError: a bug/);
});

async function spawn(args: readonly string[], options: Deno.CommandOptions = {}): Promise<[number, string, string]> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", MAIN, ...args], stdin: "null", ...options });
  const { code, stdout, stderr } = await child.output();
  return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
}

Deno.test("the real program prints its help and ends with status 0", async () => {
  const [code, output, errors] = await spawn(["--help"]);
  assert.deepEqual([code, errors], [0, ""]);
  assert.match(output, /^Usage: happi COMMAND/);
});

Deno.test("the real program ends with status 2 on usage and 3 without a socket", async () => {
  const [usage, , words] = await spawn(["client", "nonsense"]);
  assert.equal(usage, 2);
  assert.match(words, /^happi: Cannot find method "nonsense"/);
  const [code, output, errors] = await spawn(["socket", "-p", "/nowhere/haproxy.sock", "-d", "show info"]);
  assert.deepEqual([code, output], [3, ""]);
  assert.match(errors, /^happi: Cannot connect to "\/nowhere\/haproxy\.sock": there is no such file/);
});

Deno.test("the real program says so when its output cannot be written, and does not call it a fault of its own", async () => {
  const command = '"$0" run -A "$1" --help > /dev/full';
  const sh = new Deno.Command("sh", { args: ["-c", command, Deno.execPath(), MAIN] });
  const { code, stderr } = await sh.output();
  assert.match(new TextDecoder().decode(stderr), /^happi: Cannot write the output: No space left on device.*\n$/);
  assert.equal(code, 74);
});

Deno.test("the real program outlives a reader that leaves early", async () => {
  const command = `"$0" run -A "$1" client --help | head -1; echo "\${PIPESTATUS[0]}"`;
  const bash = new Deno.Command("bash", { args: ["-c", command, Deno.execPath(), MAIN], stderr: "piped" });
  const { stdout, stderr } = await bash.output();
  assert.equal(new TextDecoder().decode(stderr), "");
  assert.equal(new TextDecoder().decode(stdout), "Usage: happi client METHOD [ARGUMENT]... [options]\n0\n");
});
