/** `happi process`: what it keeps, over restarts and reloads, and who may define what. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { inFolder, startKeeper, VARIABLES, write } from "./started_keeper.ts";

const CONFIG = `
[process]
state_dir = "state"

[process.web]
cmd = "cat"
redirect_input = true
redirect_output = ["out"]
numprocesses = 2

[process.idle]
cmd = "sleep 60"
start = false
`;

Deno.test("happi process keeps what the configuration says, and stops it with SIGTERM", () =>
  inFolder(async (folder) => {
    await using keeper = await startKeeper(["-c", await write(folder, "happi.toml", CONFIG)]);
    const { output } = await keeper.happi("list");
    assert.match(
      output,
      /^name +state +running +pids +cpu% +memory\nweb +ready +2\/2 +1 2 +\S+ +\S+ \S+\nidle +stopped +0\/1 /,
    );
    const metrics = await (await fetch(`${keeper.http}/metrics`)).text();
    assert.match(metrics, /^happi_process_up\{name="web"\} 1$/m);
    assert.equal(await (await fetch(`${keeper.http}/api/v1/process/ping`)).text(), "OK");
    assert.deepEqual(await (await fetch(`${keeper.url}/api/v1/jobs`)).json(), {
      jobs: ["default.web", "default.idle"],
    });
    const { status, errors } = await keeper.stop();
    assert.equal(status, 0);
    assert.match(errors, /INFO\]: Stopping everything\n[^]*INFO\]: Process 1 of "web" has ended by SIGTERM\n/);
    assert.doesNotMatch(errors, /WARNING|ERROR/);
  }));

Deno.test("happi process lets nobody define processes without a token, and says how", () =>
  inFolder(async (folder) => {
    await using keeper = await startKeeper(["--http", "off"]);
    await keeper.until(/Nobody may define processes over the API: there is no --admin-token-file\n/);
    const file = await write(folder, "nap.json", '{"name": "nap", "cmd": "sleep 60"}');
    const { status, errors } = await keeper.happi("load", "-f", file);
    assert.equal(status, 1);
    assert.match(errors, /^happi: Cannot POST "\/processes": this needs the admin token, and none is configured/);
  }));

Deno.test("happi process takes definitions from whoever has the token, and keeps them over a restart", () =>
  inFolder(async (folder) => {
    const config = await write(folder, "happi.toml", CONFIG);
    const token = await write(folder, "token", "a-long-secret\n");
    const nap = await write(folder, "nap.json", '{"name": "nap", "cmd": "sleep 60", "env": {"SECRET": "1"}}');
    const args = ["-c", config, "--admin-token-file", token, "--http", "off"];
    {
      await using keeper = await startKeeper(args);
      assert.match(
        (await keeper.happi("load", "-f", nap)).errors,
        /^happi: .*needs the admin token, in "Authorization/,
      );
      const wrong = await keeper.happiWith({ variables: { HAPPI_ADMIN_TOKEN: "a-long-guess" } }, "load", "-f", nap);
      assert.match(wrong.errors, /the token is not the admin token/);
      assert.deepEqual(await keeper.happi("load", "-f", nap, "--admin-token-file", token), {
        status: 0,
        output: `'nap' has been loaded in ${keeper.url}\n`,
        errors: "",
      });
      assert.doesNotMatch(await (await fetch(`${keeper.url}/processes/nap`)).text(), /SECRET/);
    }
    {
      await using keeper = await startKeeper(args);
      await keeper.until(/Started process \d+ of "nap"/);
      const put = await fetch(`${keeper.url}/processes/nap`, {
        method: "PUT",
        body: '{"cmd": "sleep 90", "start": false}',
        headers: { authorization: "Bearer a-long-secret" },
      });
      assert.equal(put.status, 200);
    }
    {
      await using keeper = await startKeeper(args);
      assert.match(await (await fetch(`${keeper.url}/processes/nap`)).text(), /"sleep 90"/);
      const { output } = await keeper.happiWith({ variables: { HAPPI_ADMIN_TOKEN: "a-long-secret" } }, "unload", "nap");
      assert.equal(output, `'nap' has been unloaded from ${keeper.url}\n`);
    }
    await using keeper = await startKeeper(args);
    assert.doesNotMatch((await keeper.happi("list")).output, /nap/);
  }));

Deno.test("happi process --process-open warns, and takes definitions from everybody", async () => {
  await using keeper = await startKeeper(["--process-open", "--http", "off"]);
  await keeper.until(/WARNING\]: Open: whoever reaches 127\.0\.0\.1:0 may run any program as this user\n/);
  const posted = await fetch(`${keeper.url}/processes`, { method: "POST", body: '{"name": "nap", "cmd": "sleep 60"}' });
  assert.deepEqual(await posted.json(), { ok: true });
});

Deno.test("happi process refuses a token that others can read, one that is none, and a token beside --process-open", () =>
  inFolder(async (folder) => {
    const token = await write(folder, "token", "a-long-secret");
    const both = await happi(["process", "--process-open", "--admin-token-file", token]);
    assert.deepEqual([both.status, /Cannot ask for a token and be open/.test(both.errors)], [2, true]);
    await Deno.chmod(token, 0o644);
    const readable = await happi(["process", "--admin-token-file", token]);
    assert.equal(readable.status, 2);
    assert.match(readable.errors, /other users can read or change it; do: chmod 600 "/);
    const short = await happi(["process", "--admin-token-file", await write(folder, "short", "x")]);
    assert.match(short.errors, /it must be one line of 8 to 512 characters without blanks/);
    assert.equal((await happi(["process", "--admin-token-file", `${folder}/none`])).status, 2);
  }));

Deno.test("happi process reads its configuration again at SIGHUP, and leaves alone what is the same", () =>
  inFolder(async (folder) => {
    const file = await write(folder, "happi.toml", CONFIG + '[process.old]\ncmd = "sleep 60"\n');
    await using keeper = await startKeeper(["-c", file, "--http", "off"]);
    await keeper.until(/Started process \d+ of "old"/);
    const after = CONFIG.replace("sleep 60", "sleep 90") + '[process.new]\ncmd = "sleep 60"\n';
    await write(folder, "happi.toml", after);
    keeper.hangUp();
    await keeper.until(/Reloaded: 1 added, 1 changed, 1 removed\n/);
    const { output } = await keeper.happi("list");
    assert.match(output, /^web +ready +2\/2 +1 2 /m);
    assert.match(output, /^new +ready /m);
    assert.match(output, /^idle +stopped /m);
    assert.doesNotMatch(output, /^old/m);
    await write(folder, "happi.toml", after + "[process.bad]\nargs = []\n");
    keeper.hangUp();
    await keeper.until(
      /ERROR\]: Not reloaded: Cannot use ".*happi\.toml": line \d+, key "process\.bad\.cmd" is missing\n/,
    );
    await write(
      folder,
      "happi.toml",
      `${after}[process.last]\ncmd = "true"\n`.replace("state_dir", 'listen = "off"\nstate_dir'),
    );
    keeper.hangUp();
    await keeper.until(/Reloaded: 1 added, 0 changed, 0 removed\n/);
  }));

Deno.test("happi process does not begin with a configuration that is wrong, and starts nothing of it", () =>
  inFolder(async (folder) => {
    const file = await write(folder, "happi.toml", `${CONFIG}[process.ring]\ncmd = "true"\ndepends_on = ["ring2"]\n`);
    const { status, errors } = await happi(["process", "-c", file, "--process-listen", "127.0.0.1:0"]);
    assert.equal(status, 2);
    assert.match(
      errors,
      /^happi: Cannot use ".*": line 16, key "process\.ring\.depends_on" names "ring2", which is no/m,
    );
  }));

Deno.test("happi process ends when the place of its API is taken, before anything is started", () =>
  inFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const file = await write(folder, "happi.toml", CONFIG);
    const { status, errors } = await happi(["process", "-c", file, "--process-listen", `127.0.0.1:${taken.addr.port}`]);
    assert.equal(status, 3);
    assert.match(errors, /happi: Cannot listen on "127\.0\.0\.1:\d+": somebody listens there already\n/);
    assert.doesNotMatch(errors, /Started process/);
  }));

Deno.test("happi process goes on without metrics when their place is taken", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using keeper = await startKeeper(["--http", `127.0.0.1:${taken.addr.port}`]);
  await keeper.until(/WARNING\]: There is no server with metrics: Cannot listen on .*; --http names another address/);
  assert.equal((await keeper.happi("list")).errors, "happi: no process is defined here\n");
});

Deno.test("happi process keeps its own secrets from its children", () =>
  inFolder(async (folder) => {
    const file = await write(
      folder,
      "happi.toml",
      '[process.env]\ncmd = "env"\nrestart = "never"\nstart = false\nredirect_output = ["out"]\nenv = { OWN = "1" }\n',
    );
    const variables = {
      ...VARIABLES,
      HAPPI_ADMIN_TOKEN: "a-long-secret",
      NOTIFY_SOCKET: "/x",
      LISTEN_FDS: "1",
      SHARED: "2",
    };
    await using keeper = await startKeeper(["-c", file, "--http", "off"], { variables });
    const { output } = await keeper.happi("run", "env");
    const names = output.trim().split("\n").map((line) => line.replace(/=.*/, "")).sort();
    assert.deepEqual(names, ["HAPPI_KEEPER", "OWN", "PATH", "SHARED"]);
  }));

Deno.test("happi process kills what runs when it is ended at once", () =>
  inFolder(async (folder) => {
    const stubborn = `[process.stubborn]\ncmd = "trap '' TERM; echo deaf; while :; do sleep 1; done"\nshell = true\n`;
    const file = await write(folder, "happi.toml", `${stubborn}redirect_output = ["out"]\nready = { log = "deaf" }\n`);
    await using keeper = await startKeeper(["-c", file, "--http", "off"]);
    // Ready is when it does not hear any more.
    while (!/^stubborn +ready/m.test((await keeper.happi("list")).output));
    const stopped = keeper.stop();
    await keeper.until(/Stopping everything/);
    keeper.forceEnd();
    const { errors } = await stopped;
    assert.match(errors, /Process 1 of "stubborn" has ended by SIGKILL/);
  }));
