/** `happi agent check`, `config` and `list NAME`; what needs no running agent, and what shows one. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { inFolder, startAgent, writeConfig } from "./started_agent.ts";

Deno.test("happi agent check runs a request, and its status says whether the server would be up", async () => {
  const up = await happi(["agent", "check", "debug|50% up"]);
  assert.equal(up.status, 0);
  assert.match(up.output, /^50% up\n {2}check +debug 50% up\n {2}took +[\d.]+ ms\n {2}response +50% up\n$/);
  const down = await happi(["agent", "check", "debug|down # lagging"]);
  assert.equal(down.status, 1);
  assert.match(down.output, /^down # lagging\n {2}reason +lagging\n/);
  const drain = await happi(["agent", "check", "debug|drain up", "--json"]);
  assert.deepEqual([drain.status, JSON.parse(drain.output).reply], [1, { health: "up", admin: "drain" }]);
});

Deno.test("happi agent check runs a check of the configuration by its name", () =>
  inFolder(async (folder) => {
    const file = await writeConfig(folder, '[check.web]\nkind = "debug"\nreply = "up"\n');
    assert.equal((await happi(["agent", "check", "web", "-c", file])).status, 0);
    const unknown = await happi(["agent", "check", "wep", "-c", file]);
    assert.deepEqual([unknown.status, unknown.output.split("\n")[0]], [1, 'fail # there is no check "wep"']);
  }));

Deno.test("happi agent check asks what --allow allows, and nothing else", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const request = `v1|http://127.0.0.1:${listener.addr.port}`;
  const refused = await happi(["agent", "check", request, "--allow", "10.0.0.0/8"]);
  assert.equal(refused.status, 1);
  assert.match(refused.output, /^fail # .*127\.0\.0\.1/);
});

Deno.test("happi agent list NAME shows a check and its last verdicts; --json everything", () =>
  inFolder(async (folder) => {
    await using agent = await startAgent(folder);
    const empty = await agent.happi("list");
    assert.deepEqual(empty, {
      status: 0,
      output: "",
      errors: "happi: nobody has asked this agent yet, and its configuration has no checks\n",
    });
    const name = 'debug|down # 100% "sure"/?';
    await agent.happi("ask", name, "--agent", agent.address);
    const one = await agent.happi("list", name);
    assert.match(one.output, /^check +debug\|down # 100% "sure"\/\?\nkind +debug\nsaid +down # 100% "sure"\/\?\n/);
    assert.match(one.output, /\n\nago +said +ms +reason\n0s +down # 100%/);
    const { total, checks } = JSON.parse((await agent.happi("list", "--json")).output);
    assert.deepEqual([total, checks[0].name, checks[0].is_up], [1, name, false]);
  }));

const CONFIG = `
[agent]
listen = ["unix:/run/happi/agent.sock", "0.0.0.0:1338"]
[check."web/s1"]
kind = "v1"
url = "http://10.0.0.7:8888"
deadline = "2.2s"
on_down = "weight:10 up"
[check.said]
kind = "debug"
reply = "up"
`;

Deno.test("happi agent config prints a server line for each check", () =>
  inFolder(async (folder) => {
    const file = await writeConfig(folder, CONFIG);
    const { status, output } = await happi(["agent", "config", "-c", file, "--haproxy", "3.0", "--backend", "chain"]);
    assert.equal(status, 0);
    assert.equal(
      output.split("\n").filter((line) => !/^#/.test(line)).join("\n"),
      `backend chain
    # check web/s1: v1
    # "weight:N" is known by HAProxy 3.1 and later: 3.0 ignores it
    server web_s1 10.0.0.7:8888 check agent-check agent-addr 127.0.0.1 agent-port 1338 agent-inter 2700ms agent-send "web/s1\\n"
    # check said: debug
    server said 192.0.2.1:80 check agent-check agent-addr 127.0.0.1 agent-port 1338 agent-inter 2s agent-send "said\\n"
`,
    );
    assert.doesNotMatch((await happi(["agent", "config", "-c", file, "--haproxy", "3.2"])).output, /weight:N/);
  }));
