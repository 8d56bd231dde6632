/** `happi process hook`, and what a keeper does when HAProxy was reloaded. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/mod.ts";
import type { LaunchContext } from "../../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { happi } from "../fake_environment.ts";
import { inFolder, startKeeper, write } from "./started_keeper.ts";

const HOOKS = `
[process.look]
cmd = "true"
before = "haproxy-reload"

[process.bad]
cmd = "exit 3"
shell = true
before = "haproxy-stop"

[process.sorry]
cmd = "false"
after = "haproxy-stop"
priority = 1

[process.still]
cmd = "true"
after = "haproxy-stop"
priority = 2
`;

Deno.test("happi process hook runs hooks, and ends with status 1 when one has failed", () =>
  inFolder(async (folder) => {
    await using keeper = await startKeeper(["-c", await write(folder, "happi.toml", HOOKS), "--http", "off"]);
    const look = await keeper.happi("hook", "before", "haproxy-reload");
    assert.deepEqual([look.status, look.errors], [0, ""]);
    assert.match(look.output, /^look: done in \d+ ms\n$/);
    assert.deepEqual(await keeper.happi("hook", "before", "haproxy-stop"), {
      status: 1,
      output: "",
      errors: 'happi: Cannot begin "haproxy-stop": hook "bad" has ended with status 3\n',
    });
    const sorry = await keeper.happi("hook", "after", "haproxy-stop");
    assert.deepEqual(
      [sorry.status, sorry.errors],
      [1, 'happi: Cannot finish "haproxy-stop": hook "sorry" has ended with status 1\n'],
    );
    assert.match(sorry.output, /^sorry: has ended with status 1\nstill: done in \d+ ms\n$/);
    assert.deepEqual(await keeper.happi("hook", "after", "nothing"), {
      status: 0,
      output: "",
      errors: 'happi: nothing is to be run after "nothing"\n',
    });
    assert.equal((await happi(["process", "hook", "while", "haproxy-reload"])).status, 2);
  }));

const config = (context: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s

frontend fe
  bind 127.0.0.1:${context.port("fe")}
  default_backend web

backend web
  server s1 127.0.0.1:${context.port("s1")}
  server s2 127.0.0.1:${context.port("s2")} disabled
`;

const SERVERS = (folder: string) => `
[process.one]
cmd = "sleep 60"
server = "web/s1"

[process.two]
cmd = "sleep 60"
server = "web/s2"

[process.mark]
cmd = "echo ran >> ${folder}/mark"
shell = true
after = "haproxy-reload"
`;

testEachHaproxy(
  "happi process drains again what was drained, and runs hooks, each time that HAProxy was reloaded",
  { config, master: true },
  (haproxy) =>
    inFolder(async (folder) => {
      const file = await write(folder, "happi.toml", SERVERS(folder));
      await using keeper = await startKeeper(
        ["-c", file, "--http", "off", "-p", haproxy.socketPath, "--loglevel", "debug"],
      );
      await keeper.until(/HAProxy's process is \d+\n/);
      assert.equal((await keeper.happi("stop", "one")).output, "one: stopped\n");
      assert.ok((await keptAway(haproxy.socketPath)).includes("s1"));
      for (let reload = 1; reload <= 2; reload++) {
        assert.equal((await haproxy.reload()).success, true);
        await keeper.until(new RegExp(`(?:Hook "mark" after the reload: done in \\d+ ms[^]*){${reload}}`));
        assert.equal(await Deno.readTextFile(`${folder}/mark`), "ran\n".repeat(reload));
        // The configuration says that s1 is up and s2 is not: that is what HAProxy begins with.
        assert.deepEqual(await keptAway(haproxy.socketPath), ["s1"]);
      }
      const { status, errors } = await keeper.stop();
      assert.equal(status, 0);
      assert.doesNotMatch(errors, /WARNING|ERROR/);
    }),
);

/** The servers that HAProxy sends no traffic, from a connection of its own: one that is kept goes on asking the old worker. */
async function keptAway(socketPath: string): Promise<string[]> {
  await using client = new Client(socketPath);
  const { servers } = await client.getServersState("web");
  const isAway = (states: readonly string[]) => states.some((one) => one !== "config_maint");
  return servers.filter(({ admin_states }) => isAway(admin_states)).map(({ srv_name }) => srv_name);
}
