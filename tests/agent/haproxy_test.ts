/** The agent behind real HAProxy, in every version there is; what became of it is read back with the client. */

import assert from "node:assert/strict";
import type { CheckAgent, SteadyOptions } from "../../lib/agent/agent.ts";
import type { Reply } from "../../lib/agent/reply.ts";
import { Maintenance } from "../../lib/agent/maintenance.ts";
import { Client } from "../../lib/client/mod.ts";
import { memoryStore } from "../../lib/store/mod.ts";
import type { LaunchOptions, RunningHaproxy } from "../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../peers/haproxy.ts";
import { stubAgent, stubCheck, StubKind } from "./stub_kind.ts";

/** Every answer from a run of its own. */
const AT_ONCE: SteadyOptions = { maxAgeMs: 0 };

/** A backend whose servers ask the agent every 100 ms. */
function servers(names: readonly string[], send = (name: string): string => `agent-send "${name}\\n"`): LaunchOptions {
  return {
    config: (context) => {
      const agent = `agent-check agent-addr 127.0.0.1 agent-port ${context.port("agent")} agent-inter 100ms`;
      return `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
  timeout check 2s
backend ag
${
        names.map((name) =>
          `  server ${name} 127.0.0.1:${context.port(name)} weight 100 maxconn 77 ${agent} ${send(name)}`
        ).join("\n")
      }
`;
    },
  };
}

interface Shown {
  readonly status: string;
  readonly weight: number;
  readonly slim: number | null;
  readonly said: string;
}

/** What HAProxy shows of a server; the check that is under way hides what was said last, so that is left out then. */
async function show(client: Client, server: string): Promise<Shown> {
  const row = (await client.getStat()).find(({ pxname, svname }) => pxname === "ag" && svname === server);
  assert.ok(row !== undefined, `there is a server ${server}`);
  const { status, weight, slim, last_agt } = row;
  return {
    status: String(status),
    weight: Number(weight),
    slim: slim === null ? null : Number(slim),
    said: String(last_agt),
  };
}

/** Waits until HAProxy shows it so. */
async function until(client: Client, server: string, wanted: Partial<Shown>): Promise<Shown> {
  while (true) {
    const shown = await show(client, server);
    if (Object.entries(shown).every(([key, value]) => !(key in wanted) || wanted[key as keyof Shown] === value)) {
      return shown;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits for so many more answers of a check. */
async function answers(agent: CheckAgent, name: string, more: number): Promise<void> {
  const goal = (agent.check(name)?.answers ?? 0) + more;
  while ((agent.check(name)?.answers ?? 0) < goal) await new Promise((resolve) => setTimeout(resolve, 10));
}

const at = (haproxy: RunningHaproxy) => `127.0.0.1:${haproxy.port("agent")}`;

/** What is found, and what becomes of the server. */
const WORDS: readonly (readonly [Reply, Partial<Shown>])[] = [
  [{ health: "up" }, { status: "no check", said: "via agent : up" }],
  [{ health: "down", text: "head block is 12 s old" }, {
    status: "DOWN (agent)",
    said: "via agent : down (head block is 12 s old)",
  }],
  [{ health: "up", weight: { percent: 50 } }, { status: "no check", weight: 50 }],
  [{ health: "fail" }, { status: "DOWN (agent)", weight: 50, said: "via agent : fail" }],
  [{ health: "stopped", text: "é".repeat(200) }, { said: `via agent : stopped (${"é".repeat(52)})` }],
  [{ weight: { percent: 100 }, maxconn: 10 }, { status: "no check", weight: 100, slim: 10 }],
  [{ admin: "drain" }, { status: "DRAIN (agent)" }],
  [{ health: "up" }, { status: "no check" }],
  [{ admin: "maint", health: "down" }, { status: "MAINT" }],
  [{ health: "up" }, { status: "no check", said: "via agent : up" }],
];

testEachHaproxy(
  "up, down, weight, maxconn, drain and maint reach the server, and are taken back",
  servers(["s1"]),
  async (haproxy) => {
    const kind = new StubKind();
    await using agent = stubAgent(kind, [stubCheck("s1", AT_ONCE)]);
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    for (const [reply, wanted] of WORDS) {
      kind.finds("s1", reply);
      await until(client, "s1", wanted);
    }
  },
);

testEachHaproxy(
  "weight:30 is obeyed by HAProxy 3.1 and later",
  { ...servers(["s1"]), only: (build) => parseFloat(build.version) >= 3.1 },
  async (haproxy) => {
    const kind = new StubKind();
    kind.finds("s1", { weight: { absolute: 30 } });
    await using agent = stubAgent(kind, [stubCheck("s1", AT_ONCE)]);
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    await until(client, "s1", { weight: 30 });
  },
);

testEachHaproxy(
  "a server that was told down stays down when the agent dies, and the next agent frees it",
  servers(["s1"]),
  async (haproxy) => {
    const kind = new StubKind();
    kind.finds("s1", { health: "down" }, "gone");
    await using client = new Client(haproxy.socketPath);
    {
      await using agent = stubAgent(kind, [stubCheck("s1")]);
      await agent.listen(at(haproxy));
      await until(client, "s1", { said: "via agent : down (gone)" });
      await agent.close();
    }
    while (!(await show(client, "s1")).said.includes("refused")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal((await show(client, "s1")).status, "DOWN (agent)");
    kind.finds("s1", { health: "up" });
    await using next = stubAgent(kind, [stubCheck("s1")]);
    await next.listen(at(haproxy));
    await until(client, "s1", { status: "no check" });
  },
);

testEachHaproxy(
  "drain() leaves no server stuck, but for those that are to hold",
  servers(["s1", "s2", "s3", "s4"]),
  async (haproxy) => {
    const kind = new StubKind();
    kind.finds("s1", { health: "down" });
    kind.finds("s2", { health: "fail" });
    kind.finds("s3", { health: "down" });
    const overlay = {
      apply: (name: string, _target: string, reply: Reply): Reply =>
        name === "s4" ? { ...reply, admin: "maint" } : reply,
    };
    await using agent = stubAgent(kind, [
      stubCheck("s1"),
      stubCheck("s2", { onDown: { admin: "drain", weight: { percent: 20 } } }),
      stubCheck("s3", { onStop: "hold" }),
      stubCheck("s4"),
    ], { overlay });
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    await until(client, "s1", { status: "DOWN (agent)" });
    await until(client, "s2", { status: "DRAIN (agent)", weight: 20 });
    await until(client, "s3", { status: "DOWN (agent)" });
    await until(client, "s4", { status: "MAINT" });
    const start = performance.now();
    await agent.drain();
    assert.ok(performance.now() - start < 5000, "it waits for no longer than its window");
    assert.deepEqual(agent.listeners, []);
    const shown = await Promise.all(["s1", "s2", "s3", "s4"].map((name) => show(client, name)));
    assert.deepEqual(shown.map(({ status }) => status), ["no check", "no check", "DOWN (agent)", "MAINT"]);
    assert.equal(shown[1]?.weight, 100);
  },
);

testEachHaproxy(
  "drain() frees every server that asks for the same check",
  servers(["s1", "s2", "s3", "s4", "s5"], () => 'agent-send "shared\\n"'),
  async (haproxy) => {
    const kind = new StubKind();
    kind.finds("shared", { health: "down" });
    await using agent = stubAgent(kind, [stubCheck("shared")]);
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    const names = ["s1", "s2", "s3", "s4", "s5"];
    for (const name of names) await until(client, name, { status: "DOWN (agent)" });
    await agent.drain();
    const shown = await Promise.all(names.map((name) => show(client, name)));
    assert.deepEqual(shown.map(({ status }) => status), names.map(() => "no check"));
  },
);

testEachHaproxy("ready takes back the agent's own drain, not an operator's", servers(["s1", "s2"]), async (haproxy) => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [
    stubCheck("s1", { ...AT_ONCE, onDown: { admin: "drain" } }),
    stubCheck("s2", AT_ONCE),
  ]);
  await agent.listen(at(haproxy));
  await using client = new Client(haproxy.socketPath);
  await until(client, "s1", { status: "no check", said: "via agent : up" });
  await client.setServerState("ag/s1", "drain");
  await client.setServerState("ag/s2", "maint");
  await answers(agent, "s1", 3);
  await answers(agent, "s2", 3);
  assert.equal((await show(client, "s1")).status, "DRAIN (agent)");
  assert.equal((await show(client, "s2")).status, "MAINT");
  await client.setServerState("ag/s1", "ready");
  await until(client, "s1", { status: "no check" });
  kind.finds("s1", { health: "fail" }, "lagging");
  await until(client, "s1", { status: "DRAIN (agent)", said: "via agent : up (lagging)" });
  kind.finds("s1", { health: "up" });
  await until(client, "s1", { status: "no check" });
  assert.equal(agent.check("s1")?.said, "ready up");
});

testEachHaproxy(
  "maintenance by hand outlives the agent, and is taken back when it ends",
  servers(["s1"]),
  async (haproxy) => {
    const kind = new StubKind();
    const store = memoryStore();
    await using client = new Client(haproxy.socketPath);
    {
      await using overlay = await Maintenance.open({ store });
      await overlay.set("s1", { mode: "drain", why: "new disk" });
      await using agent = stubAgent(kind, [stubCheck("s1")], { overlay });
      await agent.listen(at(haproxy));
      await until(client, "s1", { status: "DRAIN (agent)", said: "via agent : up (new disk)" });
      await agent.drain();
    }
    assert.equal((await show(client, "s1")).status, "DRAIN (agent)");
    await using overlay = await Maintenance.open({ store });
    await using agent = stubAgent(kind, [stubCheck("s1")], { overlay });
    await agent.listen(at(haproxy));
    await answers(agent, "s1", 2);
    assert.equal((await show(client, "s1")).status, "DRAIN (agent)");
    await overlay.set("s1", { mode: "ready" });
    await until(client, "s1", { status: "no check" });
  },
);

testEachHaproxy("of a group, no more go down than may", servers(["s1", "s2", "s3", "s4"]), async (haproxy) => {
  const kind = new StubKind();
  const names = ["s1", "s2", "s3", "s4"];
  for (const name of names) kind.finds(name, { health: "down" }, "the network is gone");
  await using agent = stubAgent(kind, names.map((name) => stubCheck(name, AT_ONCE, "web")), {
    groups: { web: { maxDownShare: 0.5 } },
  });
  await agent.listen(at(haproxy));
  await using client = new Client(haproxy.socketPath);
  for (const name of names) await answers(agent, name, 3);
  const states = async () => (await Promise.all(names.map((name) => show(client, name)))).map(({ status }) => status);
  assert.deepEqual((await states()).toSorted(), ["DOWN (agent)", "DOWN (agent)", "no check", "no check"]);
  const up = names.find((name) => agent.check(name)?.is_up === true) ?? "";
  const down = names.find((name) => agent.check(name)?.is_up === false) ?? "";
  assert.match(agent.check(up)?.held ?? "", /2 of 4 in group "web" are down/);
  kind.finds(down, { health: "up" });
  await until(client, down, { status: "no check" });
  for (const name of names) await answers(agent, name, 3);
  assert.equal((await states()).filter((status) => status === "DOWN (agent)").length, 2, "another took its place");
});

testEachHaproxy("a check that hangs is answered before HAProxy gives up", servers(["s1"]), async (haproxy) => {
  const kind = new StubKind();
  kind.does("s1", () => new Promise(() => {}));
  await using agent = stubAgent(kind, [stubCheck("s1", { deadlineMs: 200 })]);
  await agent.listen(at(haproxy));
  await using client = new Client(haproxy.socketPath);
  await until(client, "s1", { status: "DOWN (agent)", said: "via agent : fail (no answer within 200 ms)" });
});

testEachHaproxy(
  "a request may name its target itself",
  servers(["s1"], (name) => `agent-send "stub|${name}|color=red\\n"`),
  async (haproxy) => {
    const kind = new StubKind();
    kind.finds("s1", { health: "down" }, "no such colour");
    await using agent = stubAgent(kind);
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    await until(client, "s1", { status: "DOWN (agent)", said: "via agent : down (no such colour)" });
    assert.deepEqual(agent.checks().map(({ name, origin }) => [name, origin]), [["stub|s1|color=red", "wire"]]);
  },
);

testEachHaproxy(
  "a request without its newline, and none at all, are answered",
  servers(["s1", "s2"], (name) => name === "s1" ? "agent-send s1" : ""),
  async (haproxy) => {
    await using agent = stubAgent(new StubKind(), [stubCheck("s1")]);
    await agent.listen(at(haproxy));
    await using client = new Client(haproxy.socketPath);
    await until(client, "s1", { status: "no check", said: "via agent : up" });
    await until(client, "s2", { said: "via agent : fail (the request is empty: agent-send is missing)" });
  },
);

testEachHaproxy("what was answered is not reset away", servers(["s1"]), async (haproxy) => {
  await using agent = stubAgent(new StubKind(), [stubCheck("s1")]);
  const listener = await agent.listen(at(haproxy));
  await answers(agent, "s1", 10);
  const { unanswered, answers: counted } = agent.stats();
  assert.equal(unanswered, 0);
  assert.ok(counted.cached > 0 && counted.fresh > 0);
  await listener.finish();
  assert.equal(listener.connections, 0);
});
