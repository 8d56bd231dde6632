/** Mutated traffic against the live port: others go on being answered, and nothing is left behind. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Agent, type AgentOptions, type AgentStats, SpopClient } from "../../lib/spop/mod.ts";
import { anyMutation } from "./arbitrary.ts";
import { EpollAgent } from "./epoll/epoll_agent.ts";
import { conversation, misbehave } from "./misbehave.ts";

const SECONDS = 4;
const AT_ONCE = 16;
const LIMITS: AgentOptions = { handshakeMs: 200, idleMs: 1000, processingMs: 100, maxConnections: 64 };
const GOOD = conversation("echo", "never");

/** An agent that answers `echo` by its argument and `never` not at all. */
interface LiveAgent {
  readonly port: number;
  /** Drains it; gives what it has counted. */
  end(): Promise<AgentStats>;
}

const AGENTS: Readonly<Record<string, () => Promise<LiveAgent>>> = {
  default: async () => {
    const agent = new Agent(LIMITS);
    agent.on("echo", (message, actions) => actions.set("request", "x", message.args["x"] ?? null));
    agent.on("never", () => new Promise(() => {}));
    const listener = await agent.listen("127.0.0.1:0");
    assert.ok(listener.address.transport === "tcp");
    const end = async () => {
      await listener.drain();
      return agent.stats();
    };
    return { port: listener.address.port, end };
  },
  epoll: async () => {
    const agent = new EpollAgent();
    const { address } = await agent.tell({ listen: "127.0.0.1:0", limits: LIMITS });
    const end = async () => {
      const { stats } = await agent.tell("drain");
      agent.terminate();
      return stats;
    };
    return { port: address.port, end };
  },
};

for (const [io, start] of Object.entries(AGENTS)) {
  Deno.test(`a live agent (${io}) stands ${SECONDS} seconds of mutated traffic while others are answered`, async () => {
    const { port, end } = await start();
    const mutations = fc.sample(anyMutation, 2000);
    const until = performance.now() + SECONDS * 1000;
    let turns = 0;

    const bad = Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < until) {
        const turn = turns++;
        const mutated = mutations[turn % mutations.length]?.(GOOD) ?? GOOD;
        await misbehave(port, mutated, turn).catch(() => {}); // cut off, as it should be
      }
    });
    const good = (async () => {
      await using client = await SpopClient.connect(`127.0.0.1:${port}`);
      let answers = 0;
      for (; performance.now() < until; answers++) {
        const actions = await client.notify([{ name: "echo", args: { x: answers } }]);
        assert.deepEqual(actions.map((one) => one.type === "set_var" && one.value.value), [answers]);
      }
      return answers;
    })();

    await Promise.all(bad);
    assert.ok(await good >= 50, "the good client was not starved");
    const stats = await end();
    assert.deepEqual([stats.connections, stats.in_flight], [0, 0]);
    assert.ok(turns >= 200 && Object.keys(stats.disconnects).length >= 3, JSON.stringify(stats.disconnects));
    assert.ok(Object.keys(stats.disconnects).every((code) => Number(code) <= 13 || code === "99"));
  });
}
