import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound } from "../../../lib/client/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

testEachHaproxy("setVar() sets what getVar() reads", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.getVar("proc.happi"), NotFound);
  await client.setVar("proc.happi", "expr", "int(5),add(2)");
  assert.deepEqual(await client.getVar("proc.happi"), { name: "proc.happi", type: "sint", value: 7 });
  await client.setVar("proc.happi", "expr", "str(blue; green > red)");
  assert.deepEqual(await client.getVar("proc.happi"), {
    name: "proc.happi",
    type: "str",
    value: "blue; green > red",
  });
  await client.setVar("proc.happi", "fmt", "it is %[int(3)] now");
  assert.equal((await client.getVar("proc.happi")).value, "it is 3 now");
  await assert.rejects(() => client.setVar("proc.happi", "expr", "nonsense(1)"), CommandRefused);
});

testEachHaproxy("setVar() wants the level admin", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  await assert.rejects(() => client.setVar("proc.happi", "expr", "int(1)"), { name: "CommandForbidden" });
});
