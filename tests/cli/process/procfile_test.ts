/** Procfiles without a keeper: in the foreground, once, and exported. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { inFolder, startHappi, VARIABLES, write } from "./started_keeper.ts";

async function project(folder: string): Promise<void> {
  await write(
    folder,
    "Procfile",
    "# ours\nweb: sh -c 'echo $0; exec sleep 60' $GREETING\njob: echo working && sleep 60\n",
  );
  await write(folder, ".env", 'GREETING="hello world"\n');
}

Deno.test("happi process start runs a Procfile here, and ends all of it with Ctrl-C", () =>
  inFolder(async (folder) => {
    await project(folder);
    await using started = startHappi(["process", "start", "-d", folder]);
    await started.until(/^\d\d:\d\d:\d\d web \| hello world\n/m);
    await started.until(/^\d\d:\d\d:\d\d job \| working\n/m);
    const { status, output, errors } = await started.stop();
    assert.deepEqual([status, errors], [0, "happi: stopping all; Ctrl-C again kills them\n"]);
    assert.match(output, /^\d\d:\d\d:\d\d web \| ended by SIGTERM\n/m);
    assert.match(output, /^\d\d:\d\d:\d\d job \| ended by SIGTERM\n/m);
  }));

Deno.test("happi process start takes names, numbers and more variables, and colours names", () =>
  inFolder(async (folder) => {
    await project(folder);
    const more = await write(folder, "more.env", "GREETING=hi\n");
    await using started = startHappi(
      ["process", "start", "web", "-f", `${folder}/Procfile`, "-c", "web=2", "-e", more],
      { hasColours: true },
    );
    await started.until(/^\W\[\d\dm\d\d:\d\d:\d\d web\.1 \|\W\[39m hi\n/m);
    await started.until(/^\W\[\d\dm\d\d:\d\d:\d\d web\.2 \|\W\[39m hi\n/m);
    assert.doesNotMatch((await started.stop()).output, /job/);
  }));

Deno.test("happi process start starts again what ends, and kills at the second Ctrl-C", () =>
  inFolder(async (folder) => {
    await write(folder, "Procfile", "once: echo here\nstubborn: trap '' TERM; echo deaf; while :; do sleep 1; done\n");
    await using started = startHappi(["process", "start", "-d", folder]);
    await started.until(/once {5}\| here\n[^]*once {5}\| ended with status 0\n[^]*once {5}\| here\n/);
    await started.until(/stubborn \| deaf\n/);
    const ended = started.stop();
    await started.until(/Ctrl-C again kills them/);
    started.forceEnd();
    assert.match((await ended).output, /stubborn \| ended by SIGKILL\n/);
  }));

Deno.test("happi process start says what is wrong with the Procfile, the numbers and the names", () =>
  inFolder(async (folder) => {
    const start = (...args: string[]) => happi(["process", "start", "-d", folder, ...args], { variables: VARIABLES });
    assert.match(
      (await start()).errors,
      /^happi: Cannot read ".*\/Procfile": there is no such file; name another with -f, or its folder with -d\n/,
    );
    await project(folder);
    for (
      const [args, said] of [
        [["-c", "web"], /Cannot use "web" as --concurrency: write NAME=N/],
        [["-c", "nix=1"], /Cannot use "nix=1" as --concurrency: the Procfile has only web, job/],
        [["nix"], /Cannot start "nix": the Procfile has only web, job/],
        [["--api", "127.0.0.1:5000"], /Cannot run a Procfile on a keeper/],
        [["-e", `${folder}/none`], /Cannot read ".*none": there is no such file/],
      ] as const
    ) {
      const { status, errors } = await start(...args);
      assert.equal(status, 2);
      assert.match(errors, said);
    }
    await write(folder, "Procfile", "nothing here\n");
    assert.match((await start()).errors, /line 1 is "nothing here" and must be "NAME: COMMAND"/);
  }));

Deno.test("happi process run -- runs a command with the variables, and ends with its status", () =>
  inFolder(async (folder) => {
    await project(folder);
    const out = `${folder}/out`;
    const line = `echo "$GREETING, $(pwd)" >${out}; exit 7`;
    const { status } = await happi(["process", "run", "-d", folder, "--", "sh", "-c", line], { variables: VARIABLES });
    assert.equal(status, 7);
    assert.equal(await Deno.readTextFile(out), `hello world, ${await Deno.realPath(folder)}\n`);
    const none = await happi(["process", "run", "-d", folder, "--", "no-such-program"], { variables: VARIABLES });
    assert.deepEqual(none, {
      status: 1,
      output: "",
      errors: 'happi: Cannot start process "no-such-program": there is no such program\n',
    });
    assert.equal((await happi(["process", "run", "web", "--", "true"])).status, 2);
  }));

Deno.test("happi process export writes units, JSON and ini", () =>
  inFolder(async (folder) => {
    await project(folder);
    const exported = (...args: string[]) =>
      happi(["process", "export", ...args, "-d", folder, "-g", "app"], { variables: VARIABLES });
    assert.match(
      (await exported("systemd", "-c", "web=2")).output,
      /^# app-web@\.service\n[^]*^ExecStart=sh -c "echo \$\$0; exec sleep 60" "hello world"$[^]*^Wants=app-web@1\.service /m,
    );
    assert.deepEqual(JSON.parse((await exported("json", "web")).output), {
      name: "app:web",
      cmd: "sh",
      args: ["-c", "echo $0; exec sleep 60", "$GREETING"],
      env: { GREETING: "hello world" },
      numprocesses: 1,
      redirect_output: ["out", "err"],
      priority: 0,
      cwd: await Deno.realPath(folder),
    });
    assert.match((await exported("ini")).output, /^\[process:app:web\]\ncmd = sh\n/);
    const { errors } = await exported("systemd", "-o", folder);
    assert.match(errors, /^happi: wrote .*\/app-web\.service\n/);
    assert.equal(((await Deno.stat(`${folder}/app-web.service`)).mode ?? 0) & 0o777, 0o600);
    assert.match(
      (await exported("json", "nix")).errors,
      /Cannot export "nix": there is no such process, only web, job/,
    );
  }));

Deno.test("happi process export takes the processes of a configuration", () =>
  inFolder(async (folder) => {
    const file = await write(folder, "happi.toml", '[process.web]\ncmd = "serve"\n');
    const { status, output } = await happi(["process", "export", "json", "--config", file]);
    assert.deepEqual([status, JSON.parse(output)], [0, { name: "web", cmd: "serve" }]);
  }));
