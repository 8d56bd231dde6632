import assert from "node:assert/strict";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { Knowledge } from "../../../lib/cli/shell/knowledge.ts";

testEachHaproxy("Knowledge has the commands and the names of real HAProxy", REALISTIC, async (haproxy) => {
  const knowledge = new Knowledge((command) => haproxy.ask(command));
  const commands = (await knowledge.capabilities()).map((one) => one.command);
  for (const command of ["show info", "set server", "show servers state"]) {
    assert.ok(commands.includes(command), command);
  }
  const file = (name: string) => `${haproxy.dir}/${name}`;
  assert.deepEqual((await knowledge.names("backend")).toSorted(), [
    ...["be_dns", "be_static", "be_tcp", "be_web", "li_status", "st_src"],
  ]);
  assert.deepEqual((await knowledge.names("frontend")).toSorted(), ["fe_tcp", "fe_web", "li_status"]);
  assert.ok((await knowledge.names("proxy")).includes("fe_web"));
  assert.ok((await knowledge.names("server")).includes("be_web/s1"));
  assert.deepEqual(await knowledge.names("table"), ["st_src"]);
  assert.ok((await knowledge.names("map")).includes(file("hosts.map")));
  assert.ok((await knowledge.names("acl")).includes(file("deny.acl")));
  assert.deepEqual(await knowledge.names("certificate"), [file("site.pem")]);
  assert.ok((await knowledge.names("sink")).includes("traffic"));
});

Deno.test("Knowledge asks once for a while, and again after it", async () => {
  let asked = 0;
  let now = 0;
  const answer = "# table: st_src, type: ip, size:10240, used:0\n";
  const knowledge = new Knowledge(() => Promise.resolve(asked++ === 0 ? answer : ""), () => now);
  assert.deepEqual(await knowledge.names("table"), ["st_src"]);
  assert.deepEqual(await knowledge.names("table"), ["st_src"]);
  assert.equal(asked, 1);
  now += 60_000;
  assert.deepEqual(await knowledge.names("table"), []);
  assert.equal(asked, 2);
});

Deno.test("Knowledge knows nothing when it cannot ask, and does not fail", async () => {
  const knowledge = new Knowledge(() => Promise.reject(new Error("gone")));
  assert.deepEqual(await knowledge.names("backend"), []);
  assert.deepEqual(await knowledge.capabilities(), []);
});
