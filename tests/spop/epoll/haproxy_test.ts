/** The epoll loop behind real HAProxy, in every version there is. */

import assert from "node:assert/strict";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { ask, Load, spoeOptions, untilServers } from "../haproxy_spoe.ts";
import { EpollAgent } from "./epoll_agent.ts";

/** An agent where HAProxy expects it. */
async function startAgent(haproxy: RunningHaproxy, where = `127.0.0.1:${haproxy.port("agent")}`): Promise<EpollAgent> {
  const agent = new EpollAgent();
  await agent.tell({ listen: where, limits: {} });
  await untilServers(haproxy, "UP");
  return agent;
}

/** Waits until so many NOTIFYs have come. */
async function untilFrames(agent: EpollAgent, wanted: number): Promise<void> {
  while ((await agent.tell("stats")).stats.frames < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
}

testEachHaproxy("with epoll, IPv4, IPv6 and no address at all are answered", spoeOptions(), async (haproxy) => {
  await using agent = await startAgent(haproxy);
  for (const [ip, expected] of [["192.0.2.7", "7"], ["2001:db8::42", "66"], ["nonsense", "100"]] as const) {
    const shown = await ask(haproxy.port("web"), { "x-ip": ip });
    assert.deepEqual([shown?.score, shown?.error], [expected, ""]);
  }
  const big = await ask(haproxy.port("web"), { "x-ip": "192.0.2.8", "x-big": "y".repeat(12_000) });
  assert.deepEqual([big?.score, big?.error], ["8", ""]);
  const { health_checks, disconnects } = (await agent.tell("stats")).stats;
  assert.ok(health_checks >= 1);
  assert.deepEqual(disconnects, {});
});

testEachHaproxy(
  "with epoll, an agent on a unix socket answers, and a handler that throws its default",
  spoeOptions({ servers: (context) => [`unix@${context.file("spoa.sock")}`] }),
  async (haproxy) => {
    await using _agent = await startAgent(haproxy, `unix:${haproxy.file("spoa.sock")}`);
    for (const mode of ["throw", "usual", "throw"]) {
      const shown = await ask(haproxy.port("web"), { "x-mode": mode, "x-ip": "192.0.2.3" });
      assert.deepEqual([shown?.score, shown?.error], [mode === "throw" ? "-1" : "3", ""]);
    }
  },
);

testEachHaproxy("with epoll, many requests at once each get their own verdict", spoeOptions(), async (haproxy) => {
  await using agent = await startAgent(haproxy);
  const side = async (last: number) => {
    for (let round = 0; round < 5; round++) {
      const shown = await ask(haproxy.port("web"), { "x-ip": `192.0.2.${last}` });
      assert.deepEqual([shown?.score, shown?.error], [String(last), ""]);
    }
  };
  await Promise.all(Array.from({ length: 60 }, (_, last) => side(last)));
  assert.equal((await agent.tell("stats")).stats.frames, 300);
});

testEachHaproxy(
  "with epoll, HAProxy reloads under load without a lost verdict",
  spoeOptions({ master: true }),
  async (haproxy) => {
    await using agent = await startAgent(haproxy);
    const load = new Load(haproxy.port("web"), 8, 20);
    for (let round = 0; round < 20; round++) {
      const { frames } = (await agent.tell("stats")).stats;
      assert.ok((await haproxy.reload()).success);
      await untilFrames(agent, frames + 5);
    }
    const shown = await load.stop();
    const lost = shown.filter((one) => one?.score !== "7");
    assert.deepEqual(lost, [], `${lost.length} of ${shown.length}`);
    assert.deepEqual((await agent.tell("stats")).stats.disconnects, {});
  },
);

testEachHaproxy(
  "with epoll, the server goes down with a drained agent, and comes back with the next",
  spoeOptions(),
  async (haproxy) => {
    await using agent = await startAgent(haproxy);
    assert.equal((await agent.tell("drain")).stats.connections, 0);
    await untilServers(haproxy, "DOWN");
    await agent.tell({ listen: `127.0.0.1:${haproxy.port("agent")}` });
    await untilServers(haproxy, "UP");
    assert.equal((await ask(haproxy.port("web"), { "x-ip": "192.0.2.9" }))?.score, "9");
  },
);
