/** `happi client` against real HAProxy. */

import assert from "node:assert/strict";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { Interrupted } from "../../../lib/cli/environment.ts";
import { type FakeOptions, happi } from "../fake_environment.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

const client = (haproxy: RunningHaproxy, args: readonly string[], options: FakeOptions = {}) =>
  happi(["client", ...args, "-p", haproxy.socketPath], options);

testEachHaproxy(
  "happi client get_servers_state gives JSON, in both spellings and with -d",
  REALISTIC,
  async (haproxy) => {
    const spellings = [
      ["get_servers_state", "be_web"],
      ["getServersState", "be_web"],
      ["get_servers_state", "-d", '{"backend":"be_web"}'],
    ];
    for (const args of spellings) {
      const { status, output, errors } = await client(haproxy, args);
      assert.deepEqual([status, errors], [0, ""], args.join(" "));
      const state: { servers: { be_name: string; srv_name: string }[] } = JSON.parse(output);
      assert.deepEqual(state.servers.map((one) => `${one.be_name}/${one.srv_name}`), [
        "be_web/s1",
        "be_web/s2",
        "be_web/s3",
      ]);
      assert.equal(output.indexOf("\n"), output.length - 1, "one line");
    }
  },
);

testEachHaproxy("happi client shows a table that fits the terminal", REALISTIC, async (haproxy) => {
  const { output, errors } = await client(haproxy, ["get_servers_state"], { isTerminal: true, columns: 72 });
  const lines = output.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^be_name +srv_name +srv_addr +srv_port +op_state/);
  assert.equal(lines.length, 8);
  for (const line of lines) assert.ok(line.length <= 72, line);
  assert.match(errors, /^\d+ more columns: --format json or csv shows all\n$/);
});

testEachHaproxy("happi client writes CSV and NDJSON", REALISTIC, async (haproxy) => {
  const csv = (await client(haproxy, ["get_servers_state", "be_web", "--format", "csv"])).output.trimEnd().split("\n");
  assert.equal(csv.length, 4);
  assert.match(csv[0] ?? "", /^be_id,be_name,srv_id,srv_name,/);
  const lines = (await client(haproxy, ["get_servers_state", "be_web", "--format", "ndjson"])).output.trimEnd().split(
    "\n",
  );
  assert.deepEqual(lines.map((line) => JSON.parse(line).srv_name), ["s1", "s2", "s3"]);
});

testEachHaproxy(
  "happi client changes what it is told, says nothing in a pipe and ok on a terminal",
  REALISTIC,
  async (haproxy) => {
    assert.deepEqual(await client(haproxy, ["set_server_state", "be_web/s1", "maint"]), {
      status: 0,
      output: "",
      errors: "",
    });
    assert.deepEqual(await client(haproxy, ["set_server_weight", "be_web/s2", "50%"], { isTerminal: true }), {
      status: 0,
      output: "ok\n",
      errors: "",
    });
    assert.deepEqual(JSON.parse((await client(haproxy, ["get_server_weight", "be_web/s2"])).output), {
      weight: 50,
      initial: 100,
    });
    const shown = await client(haproxy, ["get_servers_state", "be_web"]);
    assert.deepEqual(JSON.parse(shown.output).servers[0].admin_states, ["forced_maint"]);
  },
);

testEachHaproxy("happi client ends with status 1 when what is named is not there", REALISTIC, async (haproxy) => {
  const { status, output, errors } = await client(haproxy, ["get_servers_state", "nope"]);
  assert.deepEqual([status, output], [1, ""]);
  assert.match(errors, /^happi: Cannot find .*Can't find backend\.\n$/);
});

testEachHaproxy("happi client takes texts from files and standard input", REALISTIC, async (haproxy) => {
  const map = `${haproxy.dir}/hosts.map`;
  const added = await client(haproxy, ["add_map_entries", map, "-"], {
    stdin: "# more\none.test be_web\ntwo.test be_web\n",
  });
  assert.equal(added.status, 0, added.errors);
  const shown = await haproxy.ask(`show map ${map}`);
  assert.match(shown, /one\.test be_web[^]*two\.test be_web/);
});

testEachHaproxy(
  "happi client finds the master for methods that are the master's",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    const path = haproxy.masterSocketPath ?? assert.fail("the launcher gives a master socket");
    const { status, output } = await happi(["client", "get_processes", "-p", path]);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(output).workers.map((one: { pid: number }) => one.pid), [await haproxy.workerPid()]);
    const wrong = await client(haproxy, ["get_processes"]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.errors, /^happi: Cannot call get_processes here: the socket is no master's/);
  },
);

testEachHaproxy("happi client follows events until it is interrupted", REALISTIC, async (haproxy) => {
  const controller = new AbortController();
  const running = client(haproxy, ["follow_events", "traffic"], {
    signal: controller.signal,
    onWrite: (text) => {
      if (text.includes("/followed")) controller.abort(new Interrupted("SIGTERM"));
    },
  });
  await (await fetch(`http://127.0.0.1:${haproxy.port("status")}/followed`)).body?.cancel();
  const { status, output } = await running;
  assert.equal(status, 143);
  const events = output.trimEnd().split("\n").map((line): { line: string } => JSON.parse(line));
  assert.ok(events.some((event) => event.line.includes("/followed")));
});

testEachHaproxy("happi client logs its connection at DEBUG", REALISTIC, async (haproxy) => {
  const { errors } = await client(haproxy, ["get_version", "-l", "debug"]);
  assert.match(errors, /\[happi\.socket\]\[4711\]\[DEBUG\]: \[send\]: .*show version/);
});

testEachHaproxy("the real happi client answers on its outputs and exit status", REALISTIC, async (haproxy) => {
  const run = async (...args: string[]) => {
    const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", MAIN, "client", ...args], stdin: "null" });
    const { code, stdout, stderr } = await child.output();
    return { code, output: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
  };
  const state = await run("get_servers_state", "be_web", "-p", haproxy.socketPath);
  assert.deepEqual([state.code, state.errors], [0, ""]);
  assert.equal(JSON.parse(state.output).servers.length, 3);
  assert.deepEqual(await run("-p", haproxy.socketPath, "set_server_state", "be_web/s1", "drain"), {
    code: 0,
    output: "",
    errors: "",
  });
  assert.equal((await run("-p", haproxy.socketPath, "set_server_state", "be_web/s9", "drain")).code, 1);
});

testEachHaproxy("happi client ends with status 4 when this HAProxy has no such command", REALISTIC, async (haproxy) => {
  const { status, errors } = await client(haproxy, ["get_jwt_certificates"]);
  assert.equal(status, 4, errors);
  assert.match(errors, /^happi: Cannot use "show ssl jwt": it needs HAProxy 3\./);
});
