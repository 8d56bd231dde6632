import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound } from "../../../lib/client/errors.ts";
import { CommandForbidden, CommandRefused } from "../../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

testEachHaproxy("set_server methods change what getServersState() shows", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const state = async (name: string, backend = "be_web") => {
    const found = (await client.getServersState(backend)).servers.find((one) => one.srv_name === name);
    assert.ok(found);
    return found;
  };
  for (const [word, states] of [["drain", ["forced_drain"]], ["maint", ["forced_maint"]], ["ready", []]] as const) {
    await client.setServerState("be_web/s1", word);
    assert.deepEqual((await state("s1")).admin_states, states);
  }
  await client.disableServer("be_web/s1");
  assert.deepEqual((await state("s1")).admin_states, ["forced_maint"]);
  await client.enableServer("be_web/s1");
  assert.deepEqual((await state("s1")).admin_states, []);

  await client.setServerWeight("be_web/s1", "50%");
  assert.deepEqual(await client.getServerWeight("be_web/s1"), { weight: 50, initial: 100 });
  await client.setServerWeight("be_web/s1", 7);
  assert.equal((await state("s1")).srv_uweight, 7);

  assert.match(
    await client.setServerAddress("be_web/s1", "127.0.0.9", 8081),
    /^IP changed from '127.0.0.1' to '127.0.0.9'/,
  );
  const moved = await state("s1");
  assert.deepEqual([moved.srv_addr, moved.srv_port], ["127.0.0.9", 8081]);
  assert.match(await client.setServerAddress("be_web/s1", "::1"), /'::1'/);

  await client.setServerMaxconn("be_web/s2", 3);
  const rows = await client.getStat({ proxy: "be_web", kinds: ["server"] });
  assert.equal(rows.find((row) => row.svname === "s2")?.slim, 3);

  await client.setServerCheckPort("be_web/s2", 8082);
  await client.setServerCheckAddress("be_web/s2", "127.0.0.8", 8083);
  const checked = await state("s2");
  assert.deepEqual([checked.srv_check_addr, checked.srv_check_port], ["127.0.0.8", 8083]);
  await client.setServerAgentAddress("be_web/s3", "127.0.0.7", 8084);
  await client.setServerAgentPort("be_web/s3", 8085);
  await client.setServerAgentSend("be_web/s3", "who; are you");
  await client.setServerAgentSend("be_web/s3");
  const agent = await state("s3");
  assert.deepEqual([agent.srv_agent_addr, agent.srv_agent_port], ["127.0.0.7", 8085]);
  await client.disableAgent("be_web/s3");
  assert.ok(!(await state("s3")).agent_states?.includes("enabled"));
  await client.enableAgent("be_web/s3");
  assert.ok((await state("s3")).agent_states?.includes("enabled"));
  await client.disableHealth("be_web/s2");
  assert.ok(!(await state("s2")).check_states?.includes("enabled"));
  await client.setServerHealth("be_web/s2", "stopping");
  assert.equal((await state("s2")).op_state, "stopping");
  await client.setServerHealth("be_web/s2", "down");
  assert.equal((await state("s2")).op_state, "stopped");
  await client.enableHealth("be_web/s2");
  await client.setServerAgent("be_web/s3", "down");
  assert.equal((await state("s3")).op_state, "stopped");

  assert.match(await client.setServerFqdn("be_dns/named", "other.happi.test"), /changed its FQDN/);
  assert.equal((await state("named", "be_dns")).srv_fqdn, "other.happi.test");
  const connections = await client.getServersConn("be_web");
  assert.deepEqual(connections.map((one) => one.svname), ["s1", "s2", "s3"]);
});

testEachHaproxy("servers that are not there are NotFound, refusals are HAProxy's words", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.getServersState("nope"), NotFound);
  await assert.rejects(() => client.getServersConn("nope"), NotFound);
  await assert.rejects(() => client.getServerWeight("be_web/nope"), NotFound);
  await assert.rejects(() => client.setServerState("nope/s1", "drain"), NotFound);
  await assert.rejects(() => client.setServerMaxconn("be_web/nope", 1), NotFound);
  await assert.rejects(() => client.enableHealth("be_web/nope"), NotFound);
  await assert.rejects(() => client.setServerWeight("be_static/s1", 5), CommandRefused);
  await assert.rejects(() => client.setServerAgent("be_web/s1", "up"), CommandRefused);
  await assert.rejects(() => client.setServerSsl("be_web/s1", "on"), CommandRefused);
  await assert.rejects(() => client.setServerFqdn("be_web/s1", "a.test"), CommandRefused);
  await using user = new Client(haproxy.file("user.sock"));
  assert.equal((await user.getServersState("be_web")).servers.length, 3);
  await assert.rejects(() => user.setServerState("be_web/s1", "drain"), CommandForbidden);
  await assert.rejects(() => user.setServerMaxconn("be_web/s1", 1), CommandForbidden);
});

testEachHaproxy("servers can be named by numbers", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const { servers } = await client.getServersState("#5");
  assert.deepEqual(servers.map((one) => `${one.be_name}/${one.srv_name}`), ["be_web/s1", "be_web/s2", "be_web/s3"]);
  await client.setServerWeight("#5/#2", 9);
  assert.equal((await client.getServerWeight("be_web/s2")).weight, 9);
});

Deno.test("server methods refuse what HAProxy would swallow, before anything is sent", async () => {
  const caller = new RecordingCaller();
  const wrong: readonly (readonly [Parameters<typeof call>[1], ...unknown[]])[] = [
    ["setServerAddress", "web/a", "localhost"],
    ["setServerAddress", "web/a", "10.0.0.256"],
    ["setServerAddress", "web/a", "10.0.0.1", 99_999],
    ["setServerAddress", "web/a", "10.0.0.1", 0],
    ["setServerAddress", "web/a", "10.0.0.1", "80"],
    ["setServerAgentAddress", "web/a", "agent.test"],
    ["setServerCheckAddress", "web/a", "agent.test"],
    ["setServerMaxconn", "web/a", -1],
    ["setServerMaxconn", "web/a", 1.5],
    ["setServerWeight", "web/a", 257],
    ["setServerWeight", "web/a", "1e2"],
    ["setServerState", "web/a", "DRAIN"],
    ["setServerState", "web", "drain"],
    ["setServerState", "web/a/b", "drain"],
    ["setServerState", "web/a b", "drain"],
    ["setServerState", "web/a"],
    ["setServerState", "web/a", "drain", "now"],
    ["getServersState", "web;show info"],
  ];
  for (const [name, ...args] of wrong) {
    await assert.rejects(call(caller, name, ...args), InvalidArgument, `${name} ${args.join(" ")}`);
  }
  assert.deepEqual(caller.commands, []);
});
