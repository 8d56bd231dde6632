/** The thread behind the epoll tests: an agent with a loop of its own, told what to do by messages. */

import { Agent } from "../../../lib/spop/mod.ts";

declare const self: Worker;

const agent = new Agent({ maxFrameSize: 64 * 1024, maxBufferedBytes: 64 * 1024, handshakeMs: 200 });
agent.on("echo", (message, actions) => actions.set("request", "x", message.args["x"] ?? null));
agent.on("throws", () => {
  throw new Error("no");
}, { defaultVerdict: (actions) => actions.set("request", "x", "default") });
agent.on("later", async (message, actions) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  actions.set("request", "x", message.args["x"] ?? null);
});
agent.on("never", () => new Promise(() => {}), {
  deadlineMs: 50,
  defaultVerdict: (actions) => actions.set("request", "x", "default"),
});

let listener: Awaited<ReturnType<Agent["listen"]>> | undefined;

self.onmessage = async (event: MessageEvent<{ readonly listen: string } | "drain" | "stats">) => {
  if (event.data === "drain") await listener?.drain(1000);
  else if (event.data !== "stats") listener = await agent.listen(event.data.listen, { io: "epoll" });
  self.postMessage({ address: listener?.address, stats: agent.stats() });
};
