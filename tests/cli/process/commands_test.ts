/** The commands beside a keeper: what they ask, and what they say. */

import assert from "node:assert/strict";
import { freePort } from "../../../scripts/haproxy/ports.ts";
import { happi } from "../fake_environment.ts";
import { inFolder, type StartedKeeper, startHappi, startKeeper, VARIABLES, write } from "./started_keeper.ts";

const CONFIG = `
[process]
open = true

[process.web]
cmd = "echo one; echo two; echo three >&2; exec sleep 60"
shell = true
redirect_output = ["out", "out"]

[process.echo]
cmd = "cat"
redirect_input = true
redirect_output = ["out"]

[process.task]
cmd = "echo done $WHAT; echo not >&2; exit 3"
shell = true
start = false
redirect_output = ["out", "err"]

[process.silent]
cmd = "kill -9 $$"
shell = true
start = false
`;

const withKeeper = (test: (keeper: StartedKeeper, folder: string) => Promise<void>) => () =>
  inFolder(async (folder) => {
    await using keeper = await startKeeper(["-c", await write(folder, "happi.toml", CONFIG), "--http", "off"]);
    await keeper.until(/Started process 2 of "echo"/);
    await test(keeper, folder);
  });

Deno.test(
  "happi process stop, start, restart and signal do what they say",
  withKeeper(async ({ happi }) => {
    assert.deepEqual(await happi("stop", "web", "echo"), {
      status: 0,
      output: "web: stopped\necho: stopped\n",
      errors: "",
    });
    assert.match((await happi("list", "web")).output, /^web +stopped +0\/1/m);
    assert.equal((await happi("start", "web")).output, "web: started\n");
    assert.equal((await happi("restart", "web")).output, "web: restarted\n");
    assert.match((await happi("list", "web")).output, /^web +ready +1\/1 +4 /m);
    assert.equal((await happi("signal", "web", "hup")).output, "web: SIGHUP sent\n");
    assert.deepEqual(await happi("signal", "web", "NIX"), {
      status: 2,
      output: "",
      errors: 'happi: Cannot send signal "NIX": write a number from 1 to 31 or a name such as TERM or SIGHUP\n',
    });
    assert.deepEqual(await happi("stop", "wep"), {
      status: 1,
      output: "",
      errors: 'happi: Cannot find process "wep": there is none\n',
    });
  }),
);

Deno.test(
  "happi process scale goes up, down and to a number",
  withKeeper(async ({ happi }) => {
    const scaled = async (change: string) => (await happi("scale", "echo", change)).output;
    assert.equal(await scaled("3"), "echo: 3\n");
    assert.equal(await scaled("-2"), "echo: 1\n");
    assert.equal(await scaled("+1"), "echo: 2\n");
    assert.equal(await scaled("=0"), "echo: 0\n");
    assert.equal(await scaled("-1"), "echo: 0\n");
    const wrong = await happi("scale", "echo", "many");
    assert.deepEqual([wrong.status, wrong.errors], [
      2,
      'happi: Cannot use "many" as a number of processes: write 3, +1, -1 or =3\n',
    ]);
  }),
);

Deno.test(
  "happi process list --json gives everything",
  withKeeper(async ({ happi }) => {
    const [task] = JSON.parse((await happi("list", "--json", "task")).output);
    assert.deepEqual(task, {
      name: "task",
      active: false,
      running: 0,
      max_processes: 1,
      numprocesses: 1,
      state: "stopped",
      reason: "",
      stats: [],
    });
  }),
);

Deno.test(
  "happi process logs shows one as it is, several with time and name, and only the tail",
  withKeeper(async ({ url }) => {
    // Its lines are there when one who follows has them.
    const variables = { ...VARIABLES, HAPPI_API: url };
    await using following = startHappi(["process", "logs", "-f", "1"], { variables });
    await following.until(/one\ntwo\nthree\n/);
    const logs = (...args: string[]) => happi(["process", "logs", ...args], { variables });
    assert.deepEqual(await logs("web"), { status: 0, output: "one\ntwo\nthree\n", errors: "" });
    assert.equal((await logs("--tail", "1", "1")).output, "three\n");
    assert.match(
      (await logs("web", "echo")).output,
      /^\d\d:\d\d:\d\d web {2}\| one\n\d\d:\d\d:\d\d web {2}\| two\n\d\d:\d\d:\d\d web {2}\| three\n$/,
    );
    assert.deepEqual(await logs("silent"), {
      status: 1,
      output: "",
      errors: 'happi: Cannot show what "silent" writes: its definition has no redirect_output\n',
    });
    assert.equal((await logs("--tail", "x", "web")).status, 2);
  }),
);

Deno.test(
  "happi process logs -f goes on with processes that are started later",
  withKeeper(async ({ url, happi }) => {
    await using following = startHappi(["process", "logs", "-f", "web"], {
      variables: { ...VARIABLES, HAPPI_API: url },
    });
    await following.until(/three\n/);
    await happi("restart", "web");
    await following.until(/three\none\ntwo\nthree\n/);
  }),
);

Deno.test(
  "happi process attach passes input and output on, and ends with the process",
  withKeeper(async ({ happiWith, happi }) => {
    assert.deepEqual(await happiWith({ stdin: "hello\nthere" }, "attach", "echo"), {
      status: 0,
      output: "hello\nthere",
      errors: "",
    });
    const none = await happi("attach", "task");
    assert.deepEqual([none.status, none.errors], [1, 'happi: Cannot attach to "task": none of it runs\n']);
    const without = await happi("attach", "web");
    assert.equal(without.status, 1);
    assert.match(without.errors, /^happi: Cannot write to process "web": its definition does not redirect its input/);
  }),
);

Deno.test(
  "happi process run shows the output of one run, and ends with its status",
  withKeeper(async ({ happi }) => {
    assert.deepEqual(await happi("run", "task"), { status: 3, output: "done\n", errors: "not\n" });
    assert.deepEqual(await happi("run", "task", "-s", "WHAT=it all"), {
      status: 3,
      output: "done it all\n",
      errors: "not\n",
    });
    assert.deepEqual(await happi("run", "silent"), { status: 137, output: "", errors: "" });
    assert.equal((await happi("run", "nix")).status, 1);
    assert.equal((await happi("run")).status, 2);
  }),
);

Deno.test(
  "happi process load gives a Procfile as a group, under another name when it is taken, and unload takes it away",
  withKeeper(async ({ happi, url }, folder) => {
    await Deno.mkdir(`${folder}/my app`);
    await write(`${folder}/my app`, "Procfile", "web: sleep $SECONDS_LONG\njob: sleep 60 && true\n");
    await write(`${folder}/my app`, ".env", "SECONDS_LONG=60\n");
    const load = (...args: string[]) => happi("load", "-d", `${folder}/my app`, ...args);
    assert.deepEqual(await load("-c", "web=2"), {
      status: 0,
      output: `'my-app' has been loaded in ${url}\n`,
      errors: "",
    });
    assert.equal((await load("--no-start")).output, `'my-app.0' has been loaded in ${url}\n`);
    assert.equal((await load("-g", "other")).output, `'other' has been loaded in ${url}\n`);
    const { output } = await happi("list");
    assert.match(output, /^my-app:web +ready +2\/2 /m);
    assert.match(output, /^my-app:job +ready +1\/1 /m);
    assert.match(output, /^my-app\.0:web +stopped +0\/1 /m);
    assert.equal((await happi("start", "my-app.0:")).output, "my-app.0:: started\n");
    assert.equal((await happi("unload", "-d", `${folder}/my app`)).output, `'my-app' has been unloaded from ${url}\n`);
    assert.equal((await happi("unload", "my-app.0", "other")).status, 0);
    assert.doesNotMatch((await happi("list")).output, /my-app|other/);
    assert.equal((await happi("unload", "other")).status, 1);
  }),
);

Deno.test(
  "happi process load takes all of a file, or nothing",
  withKeeper(async ({ happi }, folder) => {
    const file = await write(folder, "all.json", '[{"name": "a", "cmd": "sleep 60"}, {"name": "web", "cmd": "true"}]');
    const { status, errors } = await happi("load", "-f", file);
    assert.deepEqual([status, errors], [1, 'happi: Cannot define process "web": there is one already\n']);
    assert.equal((await happi("list", "a")).status, 1);
    const bad = await happi("load", "-f", await write(folder, "bad.json", '{"name": "a"}'));
    assert.deepEqual([bad.status, /field "cmd" is missing/.test(bad.errors)], [2, true]);
    assert.match((await happi("load", "-f", await write(folder, "no.json", "{"))).errors, /it is no JSON/);
  }),
);

Deno.test("commands say when there is no keeper, and when it is something else", async () => {
  const port = freePort();
  const variables = { ...VARIABLES, HAPPI_API: `127.0.0.1:${port}` };
  assert.deepEqual(await happi(["process", "list"], { variables }), {
    status: 3,
    output: "",
    errors: `happi: Cannot reach a process keeper: http://127.0.0.1:${port}: nobody listens there; ` +
      'start one with "happi process"\n',
  });
  await using other = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("hello"));
  const { errors } = await happi(["process", "list", "--api", `127.0.0.1:${other.addr.port}`]);
  assert.match(errors, /who answers there is no process keeper/);
  assert.equal((await happi(["process", "list", "--api", "ftp://x"])).status, 2);
  assert.match((await happi(["process", "lst"])).errors, /Cannot find command "process lst": did you mean list\?/);
});
