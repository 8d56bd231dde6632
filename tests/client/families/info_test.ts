import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

testEachHaproxy("getInfo() and its kin tell of the process, at the lowest level", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("user.sock"));
  const version = await client.getVersion();
  assert.equal(version.branch, haproxy.build.version);
  const info = await client.getInfo();
  assert.equal(info.Version, version.text);
  assert.equal(info.description, 'happi test, "realistic"');
  assert.equal(info.node, "happi-test");
  assert.equal(info.Pid, await haproxy.workerPid());
  assert.equal((await client.getInfo({ float: true })).Pid, info.Pid);

  const typed = await client.getInfoTyped();
  const pid = typed.find((field) => field.name === "Pid");
  assert.deepEqual([pid?.value, pid?.type, pid?.description], [info.Pid, "u32", undefined]);
  const described = await client.getInfoTyped({ description: true, float: true });
  assert.ok(described.find((field) => field.name === "Pid")?.description);

  const commands = (await client.getHelp()).map(({ command }) => command);
  for (const command of ["show info", "set server", "show servers state"]) {
    assert.ok(commands.includes(command), command);
  }
  assert.equal(commands.includes("wait"), haproxy.build.version !== "2.6");
});
