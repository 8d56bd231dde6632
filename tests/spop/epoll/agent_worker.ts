/** The thread behind the epoll tests: an agent with a loop of its own, told what to do by messages. */

import { Agent, type AgentListener, type AgentOptions } from "../../../lib/spop/mod.ts";
import type { Order } from "./epoll_agent.ts";

declare const self: Worker;

const SMALL: AgentOptions = { maxFrameSize: 64 * 1024, maxBufferedBytes: 64 * 1024, handshakeMs: 200 };

let agent = new Agent();
let listener: AgentListener | undefined;

function make(limits: AgentOptions): Agent {
  return new Agent(limits)
    .on("echo", (message, actions) => actions.set("request", "x", message.args["x"] ?? null))
    .on("throws", () => {
      throw new Error("no");
    }, { defaultVerdict: (actions) => actions.set("request", "x", "default") })
    .on("later", async (message, actions) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      actions.set("request", "x", message.args["x"] ?? null);
    })
    .on("never", () => new Promise(() => {}), {
      deadlineMs: 50,
      defaultVerdict: (actions) => actions.set("request", "x", "default"),
    })
    // What HAProxy asks in `haproxy_spoe.ts`.
    .on("get-ip-reputation", (message, actions) => {
      if (message.args["mode"] === "throw") throw new Error("no");
      actions.set("session", "ip_score", message.ip("ip")?.bytes.at(-1) ?? 100);
    }, { defaultVerdict: (actions) => actions.set("session", "ip_score", -1) });
}

self.onmessage = async (event: MessageEvent<Order>) => {
  const { data } = event;
  if (data === "drain") await listener?.drain(1000);
  else if (data !== "stats") {
    if (listener === undefined) agent = make(data.limits ?? SMALL);
    listener = await agent.listen(data.listen, { io: "epoll" });
  }
  self.postMessage({ address: listener?.address, stats: agent.stats() });
};
