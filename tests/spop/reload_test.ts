/** Nothing that HAProxy waits for is lost while it is reloaded over and over and its agents are restarted, under load. */

import assert from "node:assert/strict";
import { Agent, type AgentListener } from "../../lib/spop/mod.ts";
import type { RunningHaproxy } from "../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../peers/haproxy.ts";
import { Load, spoeOptions, untilCount, untilServers } from "./haproxy_spoe.ts";

const RELOADS = 100;
const RELOADS_A_RESTART = 10;
/** About 350 requests a second, with random distances. */
const [SIDES, PAUSE_MS] = [8, 20];
const DRAIN_MS = 1000;
const NAMES = ["first", "second"];

/** One of two agents, each at a port of its own. */
class Member {
  readonly agent = new Agent().on("get-ip-reputation", (message, actions) => {
    actions.set("session", "ip_score", message.ip("ip")?.bytes.at(-1) ?? -1);
  });
  readonly #haproxy: RunningHaproxy;
  readonly #index: number;
  #listener: AgentListener | undefined;

  constructor(haproxy: RunningHaproxy, index: number) {
    this.#haproxy = haproxy;
    this.#index = index;
  }

  async start(): Promise<void> {
    this.#listener = await this.agent.listen(`127.0.0.1:${this.#haproxy.port(NAMES[this.#index] ?? "")}`);
  }

  async stop(): Promise<void> {
    await this.#listener?.drain(DRAIN_MS);
  }

  /**
   * As an operator does it without losing anything. No version gives a drained server new connections. Since 3.1 none gives
   * it messages either. Up to 3.0 its connections are used on, unless their number is the server's `maxconn` (and HAProxy
   * has more than one thread): then HAProxy itself says goodbye behind the next ACK, which nothing can cross.
   */
  async restart(): Promise<void> {
    const server = `spoa/a${this.#index}`;
    const tell = async (command: string) => assert.equal((await this.#haproxy.ask(command)).trim(), "");
    const leavesItself = parseFloat(this.#haproxy.build.version) < 3.1;
    await tell(`set server ${server} state drain`);
    if (leavesItself) {
      await tell(`set maxconn server ${server} 1`);
      while ((this.#listener?.connections ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.stop();
    await this.start();
    if (leavesItself) await tell(`set maxconn server ${server} 0`);
    await tell(`set server ${server} state ready`);
  }
}

testEachHaproxy(
  `HAProxy is reloaded ${RELOADS} times while its agents are restarted: every request has its verdict`,
  spoeOptions({
    master: true,
    servers: (context) => NAMES.map((name) => `127.0.0.1:${context.port(name)}`),
  }),
  async (haproxy) => {
    const members = NAMES.map((_, index) => new Member(haproxy, index));
    const frames = () => members.reduce((sum, member) => sum + member.agent.stats().frames, 0);
    for (const member of members) await member.start();
    await untilServers(haproxy, "UP", "UP");
    const load = new Load(haproxy.port("web"), SIDES, PAUSE_MS);
    for (let round = 1; round <= RELOADS; round++) {
      const before = frames();
      assert.ok((await haproxy.reload()).success);
      await untilCount(frames, before + 5);
      if (round % RELOADS_A_RESTART !== 0) continue;
      await members[(round / RELOADS_A_RESTART) % NAMES.length]?.restart();
      await untilServers(haproxy, "UP", "UP");
      await untilCount(frames, frames() + 50);
    }
    const shown = await load.stop();
    for (const member of members) await member.stop();
    const lost = shown.filter((one) => one?.score !== "7");
    assert.deepEqual(lost, [], `${lost.length} of ${shown.length}`);
    assert.ok(shown.length >= RELOADS * 5, `${shown.length} requests`);
    for (const member of members) assert.deepEqual(member.agent.stats().disconnects, {});
  },
);
