/**
 * happi's agent as the benchmark measures it: `agent.ts WHERE [default|epoll|async]`, one message in, one variable out.
 *
 * @module
 */
import { Agent, Ip } from "../../../lib/spop/mod.ts";

const [where = "127.0.0.1:3000", mode = "default"] = Deno.args;

const agent = new Agent();
if (mode === "async") {
  agent.on("get-ip-reputation", async (message, actions) => {
    await Promise.resolve();
    const { ip } = message.args;
    actions.set("session", "ip_score", ip instanceof Ip ? ip.word(0) % 100 : 100);
  });
} else {
  agent.on("get-ip-reputation", (message, actions) => {
    const { ip } = message.args;
    actions.set("session", "ip_score", ip instanceof Ip ? ip.word(0) % 100 : 100);
  });
}
await agent.listen(where, { io: mode === "epoll" ? "epoll" : "default" });
