/** `happi agent`: answering, maintenance by hand over a restart, reload, its API's place, its log. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { inFolder, startAgent, writeConfig } from "./started_agent.ts";

const CONFIG = '[check.web]\nkind = "debug"\nreply = "up"\nmax_age = 0\n';

Deno.test("happi agent answers as HAProxy asks, and ask tells what HAProxy makes of it", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["-c", await writeConfig(folder, CONFIG)]);
    const known = await agent.happi("ask", "web", "--agent", agent.address);
    assert.deepEqual(known, {
      status: 0,
      output: "up\n  The agent says up: the server is UP as far as its own health check says so too.\n",
      errors: "",
    });
    const wire = await agent.happi("ask", "debug|drain 50%", "--agent", agent.address, "--json");
    assert.deepEqual(JSON.parse(wire.output), {
      said: "drain 50%",
      reply: { admin: "drain", weight: { percent: 50 } },
      unknown: [],
      warnings: [],
    });
    const refused = await agent.happi("ask", "nix", "--agent", agent.address);
    assert.match(
      refused.output,
      /^fail # there is no check "nix"\n {2}The server is DOWN \(fail\) until the agent says up\.\n/,
    );
  }));

Deno.test("happi agent takes address and port as the seed did", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["127.0.0.1", "0"]);
    assert.match(agent.address, /^127\.0\.0\.1:[1-9]\d*$/);
  }));

Deno.test("happi agent drain holds until its end, over a restart, and ends with ready", () =>
  inFolder(async (folder) => {
    const config = await writeConfig(folder, CONFIG);
    {
      await using agent = await startAgent(folder, ["-c", config]);
      const { status, output, errors } = await agent.happi("drain", "web", "--for", "30m", "--why", "new kernel");
      assert.deepEqual([status, errors], [0, ""]);
      assert.match(output, /^web: drain until \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
      await agent.until(/By hand, "web" is drain until \S+ \(ana\): new kernel\n/);
      assert.match((await agent.happi("ask", "web", "--agent", agent.address)).output, /^drain up # new kernel\n/);
    }
    await using agent = await startAgent(folder, ["-c", config]);
    assert.match((await agent.happi("ask", "web", "--agent", agent.address)).output, /^drain up # new kernel\n/);
    const ready = await agent.happi("ready", "web");
    assert.equal(ready.output, "web: ready; HAProxy is told with its next agent check\n");
    assert.match((await agent.happi("ask", "web", "--agent", agent.address)).output, /^ready up\n/);
    const { output } = await agent.happi("list");
    assert.match(
      output,
      /^check +kind +said +for +ms +answers +by_hand\nweb +debug +ready up +\w+ +\S+ +2 +ready for \d+s\n$/,
    );
  }));

Deno.test("happi agent drain says what it cannot do", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["-c", await writeConfig(folder, CONFIG)]);
    const unknown = await agent.happi("drain", "wep");
    assert.deepEqual(unknown, {
      status: 1,
      output: "",
      errors: 'happi: Cannot find check "wep": there is no such check, only "web"\n',
    });
    assert.match((await agent.happi("drain", "web", "--for", "soon")).errors, /Cannot use "soon" as --for/);
    const nobody = await agent.happi("drain", "web", "--api", "127.0.0.1:9");
    assert.equal(nobody.status, 3);
    assert.match(
      nobody.errors,
      /^happi: Cannot reach an agent's HTTP API: http:\/\/127.0.0.1:9: .*; --api names another /,
    );
    assert.equal((await agent.happi("drain", "web", "--api", "ftp://x")).status, 2);
  }));

Deno.test("happi agent without a state directory warns, and maintenance holds all the same", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/state`, "in its place");
    await using agent = await startAgent(folder, ["-c", await writeConfig(folder, CONFIG)]);
    await agent.until(
      /WARNING\]: Nothing will survive a restart: Cannot open the store "[^"]*\/happi.db": there is a file/,
    );
    const { status, errors } = await agent.happi("drain", "web");
    assert.deepEqual([status, errors], [
      0,
      "happi: the agent could not write this down: it is forgotten when the agent restarts\n",
    ]);
    assert.match((await agent.happi("ask", "web", "--agent", agent.address)).output, /^drain up\n/);
  }));

Deno.test("happi agent warns when the place of its API is taken, and answers HAProxy", () =>
  inFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using agent = await startAgent(folder, ["--http", `127.0.0.1:${taken.addr.port}`]);
    await agent.until(
      /WARNING\]: There is no HTTP API: Cannot listen on "127.0.0.1:\d+": somebody listens there already/,
    );
    assert.match((await agent.happi("ask", "debug|up", "--agent", agent.address)).output, /^up\n/);
  }));

Deno.test("happi agent --http off serves no API", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["--http", "off"]);
    assert.match((await agent.happi("ask", "debug|up", "--agent", agent.address)).output, /^up\n/);
    assert.doesNotMatch((await agent.stop()).errors, /Serving/);
  }));

Deno.test("happi agent reads its configuration again at SIGHUP, all of it or nothing", () =>
  inFolder(async (folder) => {
    const file = await writeConfig(folder, CONFIG);
    await using agent = await startAgent(folder, ["-c", file]);
    await writeConfig(folder, CONFIG.replace('"up"', '"drain up"') + '[check.more]\nkind = "debug"\nreply = "up"\n');
    agent.hangUp();
    await agent.until(/Reloaded: 2 checks/);
    assert.match((await agent.happi("ask", "web", "--agent", agent.address)).output, /^drain up\n/);
    await writeConfig(folder, `${CONFIG}[check.bad]\nkind = "nix"\n`);
    agent.hangUp();
    await agent.until(/ERROR\]: Nothing was reloaded: Cannot use "[^"]+": line 6, key "check.bad.kind" is "nix"/);
    assert.match((await agent.happi("ask", "more", "--agent", agent.address)).output, /^up\n/);
    await writeConfig(folder, `[agent]\nreply_words = "seed"\n${CONFIG}`);
    agent.hangUp();
    await agent.until(/WARNING\]: "reply_words" has changed in the configuration: start happi again to have it/);
    await agent.until(/Reloaded: 1 checks/);
  }));

Deno.test("happi agent logs each change of a verdict with the seed's fields", () =>
  inFolder(async (folder) => {
    const fields =
      /status.{1,3}down.*duration.{1,4}[\d.]+ms.*duration_us.{1,3}\d+.*error.{1,3}(lagging).*type.{1,3}Debug.*url/;
    for (const format of ["term", "logfmt", "json"]) {
      await using agent = await startAgent(folder, ["--log-format", format]);
      await agent.happi("ask", "debug|down # lagging", "--agent", agent.address);
      await agent.until(fields);
      const { status, errors } = await agent.stop();
      assert.equal(status, 0);
      const line = errors.split("\n").find((one) => one.includes("API Check")) ?? "";
      if (format === "json") {
        const { t, msg, lvl, type, url, error } = JSON.parse(line);
        assert.deepEqual({ msg, lvl, type, url, error }, {
          msg: "API Check",
          lvl: "info",
          type: "Debug",
          url: "down # lagging",
          error: "lagging",
        });
        assert.match(t, /^\d{4}-/);
        for (const one of errors.trim().split("\n")) assert.equal(typeof JSON.parse(one).msg, "string");
      }
      if (format === "logfmt") assert.match(line, /^t=\S+Z lvl=info msg="API Check" logger=happi.agent status=down /);
    }
  }));

Deno.test("happi agent says failed where the seed's words are wanted", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["--reply-words", "seed"]);
    const { output } = await agent.happi("ask", "nix", "--agent", agent.address);
    assert.match(output, /^failed\n.*\n? {2}It does not know "failed", and shows it as an error\.\n$/s);
  }));

Deno.test("happi agent serves its metrics beside the API", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["-c", await writeConfig(folder, CONFIG)]);
    await agent.happi("ask", "web", "--agent", agent.address);
    const text = await (await fetch(`${agent.url}/metrics`)).text();
    assert.match(text, /^happi_agent_check_up\{check="web",kind="debug"\} 1$/m);
  }));

/** Words that are not understood, and what is said. */
const MISTAKES: readonly (readonly [args: readonly string[], errors: RegExp])[] = [
  [["drian", "web"], /^happi: Cannot find command "agent drian": did you mean drain\?/],
  [
    ["--http", "off", "list"],
    /^happi: Cannot understand "list" behind options: a command comes right behind "happi agent"/,
  ],
  [
    ["127.0.0.1", "1337", "--listen", "127.0.0.1:1"],
    /^happi: Cannot listen in two ways: give --listen, or address and port/,
  ],
  [["127.0.0.1", "port"], /^happi: Cannot use "port" as PORT: it must be a whole number from 0 to 65535/],
  [["-c", "/nowhere.toml"], /^happi: Cannot read "\/nowhere.toml": there is no such file/],
  [["--allow", "10.0.0.0/99"], /^happi: Cannot allow target "10.0.0.0\/99": it must be a network such as /],
  [["--http", "0.0.0.0:0"], /Cannot listen on "0.0.0.0:0": other machines reach it and nothing guards it/],
];

for (const [args, errors] of MISTAKES) {
  Deno.test(`happi agent ${args.join(" ")} is refused`, () =>
    inFolder(async (folder) => {
      const own = args[0]?.startsWith("-") ? ["--state-dir", folder, "--listen", "127.0.0.1:0", ...args] : args;
      const outcome = await happi(["agent", ...own]);
      assert.equal(outcome.status, 2);
      assert.match(outcome.errors.replaceAll(/^\[.*\n/gm, ""), errors);
    }));
}

Deno.test("happi agent --log-info logs connections again and again, as the seed did", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder, ["--log-info", "100ms", "--log-format", "logfmt"]);
    await agent.happi("ask", "debug|up", "--agent", agent.address);
    await agent.until(/lvl=info msg="Server info" logger=happi\.agent connections=1 current_connections=0\n/);
    assert.equal((await agent.stop()).status, 0);
  }));

Deno.test("happi agent listens on IPv6 and on a unix socket, and the socket's file goes with it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/agent.sock`;
    {
      await using agent = await startAgent(folder, ["--listen", "[::1]:0", "--listen", `unix:${path}`]);
      await agent.until(/Server started.*agent\.sock/);
      for (const address of [agent.address, path]) {
        assert.match((await agent.happi("ask", "debug|up", "--agent", address)).output, /^up\n/);
      }
    }
    await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  }));

Deno.test("happi agent outlives a hail of SIGHUPs, and ends when it is told to in the middle of one", () =>
  inFolder(async (folder) => {
    const file = await writeConfig(folder, CONFIG);
    await using agent = await startAgent(folder, ["-c", file]);
    for (let round = 0; round < 50; round++) agent.hangUp();
    const asked = agent.happi("ask", "web", "--agent", agent.address);
    assert.match((await asked).output, /^up\n/);
    agent.hangUp();
    const { status, errors } = await agent.stop();
    assert.equal(status, 0);
    assert.doesNotMatch(errors, /ERROR|CRITICAL/);
  }));
