import assert from "node:assert/strict";
import { Client, InvalidArgument, METHODS, NoMaster, NoSocket, Socket } from "../../lib/client/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

Deno.test("Client has every method of the table, and refuses arguments as a rejection", async () => {
  await using client = new Client("/run/nobody-listens-here.sock");
  for (const name of Object.keys(METHODS)) assert.equal(typeof Reflect.get(client, name), "function", name);
  const wrong = client.call("drain", ["nonsense"]);
  assert.ok(wrong instanceof Promise, "it does not throw, it rejects");
  await assert.rejects(wrong, InvalidArgument);
  await assert.rejects(() => client.getVersion(), NoSocket);
});

Deno.test("Client names methods that are the master's", async () => {
  await using client = new Client("/run/nobody-listens-here.sock");
  await assert.rejects(() => client.getProcesses(), NoMaster);
});

testEachHaproxy(
  "Client speaks with worker and master over one master socket",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    await using socket = new Socket(haproxy.masterSocketPath, { master: "worker" });
    await using client = new Client(socket, { master: "worker" });
    for (const one of [client, client.with({ timeoutMs: 5_000 })]) {
      assert.equal((await one.getServersState("be_web")).servers.length, 3);
      const { workers } = await one.getProcesses();
      assert.equal(workers[0]?.pid, await haproxy.workerPid());
    }
  },
);

testEachHaproxy("Client goes on after HAProxy was replaced", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const before = await client.getInfo();
  await haproxy.stop();
  await assert.rejects(() => client.getInfo());
  await haproxy.start();
  assert.notEqual((await client.getInfo()).Pid, before.Pid);
});

testEachHaproxy("with() ends calls by its signal and leaves the client as it is", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const aborted = client.with({ signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(() => aborted.getInfo(), /enough/);
  await assert.rejects(() => aborted.setServerState("be_web/s1", "drain"), /enough/);
  assert.deepEqual((await client.getServersState("be_tcp")).servers[0]?.admin_states, []);
});
