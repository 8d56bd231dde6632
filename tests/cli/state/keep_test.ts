/** Changes at run time come back by themselves under `happi server` and `happi service`, on real HAProxy. */

import assert from "node:assert/strict";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import type { LaunchContext, RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { openStore } from "../../../lib/store/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { happi } from "../fake_environment.ts";
import { inFolder, start, type Started, startService } from "../service/started_service.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
const RELOADED = { ...REALISTIC, master: true };

/** Starts the server; gives its URL too. */
async function startServer(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const server = start(["server", "--listen", "127.0.0.1:0", ...args], variables);
  const [, url = ""] = await server.until(/ on (http:\S+\/); Ctrl-C stops\n/);
  return { ...server, url };
}

async function patch({ url }: { readonly url: string }, server: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}api/v1/backends/be_web/servers/${server}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Waits until it is known in a state directory which process runs now: the next one is another. */
async function seen(directory: string): Promise<void> {
  await using store = await openStore({ directory });
  for await (const change of store.watch("services/process/", { after: 0, signal: AbortSignal.timeout(10_000) })) {
    if (change.kind === "put") return;
  }
  assert.fail("no process was seen");
}

/** Weight and forced admin state of a server, as a connection of its own sees it. */
async function shown(haproxy: RunningHaproxy, backend: string, server: string): Promise<string> {
  const rows = (await haproxy.ask(`show servers state ${backend}`)).split("\n").map((row) => row.split(" "));
  const row = rows.find(([, , , name]) => name === server);
  return `weight ${row?.[7]}, forced ${Number(row?.[6]) & 0x09}`;
}

const MADE_AGAIN = /Made again what was changed at run time: (\d+) things/;
const DRAINED = 8;

for (const way of ["a worker's socket", "the master's socket"]) {
  testEachHaproxy(`happi server brings back what was done over HTTP, over ${way}`, RELOADED, async (haproxy) => {
    await inFolder(async (folder) => {
      const socket = way === "a worker's socket" ? [haproxy.socketPath] : [haproxy.masterSocketPath, "--worker"];
      await using server = await startServer(["--state-dir", folder, "-p", ...socket]);
      await seen(folder);
      await patch(server, "s1", { weight: 7 });
      await patch(server, "s2", { state: "drain" });
      await haproxy.reload();
      const startedAt = performance.now();
      assert.equal((await server.until(MADE_AGAIN))[1], "2");
      const ms = performance.now() - startedAt;
      assert.match(await shown(haproxy, "be_web", "s1"), /^weight 7, /);
      assert.match(await shown(haproxy, "be_web", "s2"), new RegExp(`forced ${DRAINED}$`));
      assert.ok(ms < 3_000, `${ms} ms`);
      await server.until(/HAProxy was reloaded or restarted: process \d+ /);
      assert.equal((await server.stop()).status, 0);
    });
  });
}

testEachHaproxy("happi server brings back what a reload has lost while it was away", RELOADED, async (haproxy) => {
  await inFolder(async (folder) => {
    const args = ["--state-dir", folder, "-p", haproxy.socketPath];
    {
      await using server = await startServer(args);
      await seen(folder);
      await patch(server, "s1", { weight: 7 });
    }
    await haproxy.reload();
    assert.match(await shown(haproxy, "be_web", "s1"), /^weight (?!7,)/);
    await using server = await startServer(args);
    await server.until(MADE_AGAIN);
    assert.match(await shown(haproxy, "be_web", "s1"), /^weight 7, /);
  });
});

Deno.test("happi server makes no state directory with --no-state, and refuses both", async () => {
  await inFolder(async (folder) => {
    const variables = { STATE_DIRECTORY: `${folder}/state` };
    for (const [more, isMade] of [[["--no-state"], false], [[], true]] as const) {
      await using server = await startServer(["-p", `${folder}/nobody.sock`, ...more], variables);
      await server.stop();
      const isThere = await Deno.stat(variables.STATE_DIRECTORY).then(() => true, () => false);
      assert.equal(isThere, isMade);
    }
    const both = await happi(["server", "-p", `${folder}/nobody.sock`, "--no-state", "--state-dir", folder]);
    assert.deepEqual([both.status, /--state-dir or --no-state/.test(both.errors)], [2, true]);
  });
});

testEachHaproxy("happi server serves without a state directory, and says so once", REALISTIC, async (haproxy) => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await using server = await startServer(["-p", haproxy.socketPath, "--state-dir", `${folder}/file`]);
    await patch(server, "s1", { weight: 7 });
    const { status, errors } = await server.stop();
    assert.deepEqual([status, errors.split("Nothing will survive a restart").length - 1], [0, 1], errors);
  });
});

testEachHaproxy("happi server serves with a store that is no database", REALISTIC, async (haproxy) => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/happi.db`, "this is no database, whatever its name says".repeat(100));
    await using server = await startServer(["-p", haproxy.socketPath, "--state-dir", folder]);
    await patch(server, "s1", { weight: 7 });
    assert.match(await shown(haproxy, "be_web", "s1"), /^weight 7, /);
    assert.equal((await server.stop()).status, 0);
  });
});

const ROUTED = {
  master: true,
  config: (c: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend fe
  bind 127.0.0.1:${c.port("fe")}
  default_backend web
backend web
  balance roundrobin
`,
};

/** Waits until a server was added so many times. */
function added(service: Started, times: number) {
  return service.until(new RegExp(`(?:add web/happi-web-0: [^]*){${times}}`));
}

testEachHaproxy("happi service adds its servers again after a reload, drained as by hand", ROUTED, async (haproxy) => {
  await inFolder(async (folder) => {
    await using backend = startBackend({ name: "one" });
    const file = `${folder}/happi.toml`;
    // Drift is looked for so rarely that it is not what brings the server back.
    await Deno.writeTextFile(
      file,
      '[services]\ninterval = "1h"\n[[route]]\nservice = "web"\nbackend = "web"\nmin_share = 0\n',
    );
    await using service = await startService(folder, ["-c", file, "-p", haproxy.socketPath]);
    await seen(`${folder}/state`);
    await service.ask("PUT", "services/web/units/web%2F0", { hostname: "127.0.0.1", port: backend.port });
    await added(service, 1);
    await haproxy.reload();
    const startedAt = performance.now();
    await added(service, 2);
    const ms = performance.now() - startedAt;
    assert.ok(ms < 3_000, `${ms} ms`);
    assert.match(await shown(haproxy, "web", "happi-web-0"), /^weight 1, forced 0$/);

    // A process of its own, as in a shell: log lines go to one place in each.
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "client", "-p", haproxy.socketPath, "set_server_state", "web/happi-web-0", "drain"],
      env: { STATE_DIRECTORY: `${folder}/state` },
      stdout: "null",
    }).output();
    assert.ok(success);
    await haproxy.reload();
    await added(service, 3);
    assert.match(await shown(haproxy, "web", "happi-web-0"), new RegExp(`forced ${DRAINED}$`));
  });
});
