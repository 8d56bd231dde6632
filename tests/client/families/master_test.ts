import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NoMaster, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { ConnectionLost, NoSocket } from "../../../lib/socket/mod.ts";
import { realisticConfig } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

const MASTER = { ...REALISTIC, master: true };

testEachHaproxy("getProcesses() lists master and worker", MASTER, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const { master, workers } = await client.getProcesses();
  assert.equal(master.pid, haproxy.pid);
  assert.deepEqual(workers.map((worker) => worker.pid), [await haproxy.workerPid()]);
  assert.equal((await client.getMasterVersion()).branch, haproxy.build.version);
});

testEachHaproxy("reload() returns when a new worker serves", MASTER, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const before = await haproxy.workerPid();
  const { success, startup_logs } = await client.reload();
  assert.equal(success, true);
  assert.equal(startup_logs.length > 0, haproxy.build.version !== "2.6");
  const { master, workers } = await client.getProcesses();
  assert.equal(master.reloads, 1);
  assert.equal(workers.length, 1);
  assert.notEqual(workers[0]?.pid, before);
  assert.deepEqual(await client.getBackends(), ["li_status", "be_web", "be_static", "be_tcp", "be_dns", "st_src"]);

  assert.equal((await client.reload({ timeout: 10_000 })).success, true);
  assert.equal((await client.getProcesses()).master.reloads, 2);
});

testEachHaproxy(
  "reload() tells that the configuration is faulty, and the old worker goes on",
  MASTER,
  async (haproxy) => {
    await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
    const before = await haproxy.workerPid();
    const config = haproxy.file("haproxy.cfg");
    await Deno.writeTextFile(config, "frontend broken\n  bogus keyword\n");
    const failed = await client.reload();
    assert.equal(failed.success, false);
    const hasLogs = haproxy.build.version !== "2.6";
    assert.equal(failed.startup_logs.some((log) => log.level === "ALERT"), hasLogs);
    assert.equal(await haproxy.workerPid(), before);
    const logs = client.getLoadLogs();
    if (hasLogs) assert.ok((await logs).some((log) => log.level === "ALERT"));
    else await assert.rejects(logs, { name: "UnsupportedCommand", since: "2.7" });

    await Deno.writeTextFile(config, realisticConfig(haproxy));
    assert.equal((await client.reload()).success, true);
    assert.notEqual((await client.getProcesses()).workers[0]?.pid, before);
  },
);

testEachHaproxy("hardReload() loads anew since 2.9", MASTER, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const before = await haproxy.workerPid();
  const loading = client.hardReload();
  if (haproxy.build.version === "2.6") {
    await assert.rejects(loading, (thrown) => thrown instanceof UnsupportedCommand && thrown.since === "2.9");
    assert.equal(await haproxy.workerPid(), before);
    return;
  }
  assert.equal((await loading).success, true);
  assert.notEqual((await client.getProcesses()).workers[0]?.pid, before);
});

testEachHaproxy("the master's methods need the master's socket", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.getProcesses(), NoMaster);
  await assert.rejects(() => client.reload(), NoMaster);
});

const proc = (reloads: string) =>
  `#<PID>          <type>          <reloads>       <uptime>        <version>      \n` +
  `215             master          ${reloads.padEnd(15)} 0d00h11m31s     2.6.12-1       \n# workers\n\n`;

/** A 2.6 that goes away on reload, and answers with these from then on. */
function away(...answers: (string | Error)[]): RecordingCaller {
  let isReloading = false;
  return new RecordingCaller({
    "reload": () => {
      isReloading = true;
      return new ConnectionLost("/run/m.sock", "reload", "", "it ended");
    },
    "show proc": () => isReloading ? answers.shift() ?? new NoSocket("/run/m.sock", "away") : proc("3"),
  }, "2.6");
}

Deno.test("reload() waits for a 2.6 that starts itself anew", async () => {
  const gone = new NoSocket("/run/m.sock", "nobody listens");
  const caller = away(gone, gone, proc("3"), proc("4"));
  assert.deepEqual(await call(caller, "reload"), { success: true, startup_logs: [] });
  assert.deepEqual(caller.slept, [20, 20, 20]);
});

Deno.test("reload() sees in the count of failures that a 2.6 could not load", async () => {
  assert.deepEqual(await call(away(proc("4 [failed: 1]")), "reload"), { success: false, startup_logs: [] });
});

Deno.test("reload() gives up on a 2.6 that does not come back", async () => {
  const caller = away();
  await assert.rejects(() => call(caller, "reload", { timeout: 100 }), ConnectionLost);
  assert.equal(caller.slept.length, 5);
});
