/** The agent behind real HAProxy, in every version there is. */

import assert from "node:assert/strict";
import { Agent, decodeHeaders, type Handler, type HandlerOptions } from "../../lib/spop/mod.ts";
import { testEachHaproxy } from "../peers/haproxy.ts";
import { ask, Load, spoeOptions, untilCount, untilServers } from "./haproxy_spoe.ts";

const UNKNOWN = 100;
const DRAIN_MS = 1000;
const DEFAULT: HandlerOptions = { defaultVerdict: (actions) => actions.set("session", "ip_score", -1) };

/** Answers the last byte of the address. */
const score: Handler = (message, actions) => {
  actions.set("session", "ip_score", message.ip("ip")?.bytes.at(-1) ?? UNKNOWN);
};

testEachHaproxy("IPv4, IPv6 and no address at all are answered", spoeOptions(), async (haproxy) => {
  const agent = new Agent().on("get-ip-reputation", score, DEFAULT);
  await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
  await untilServers(haproxy, "UP");
  for (const [ip, expected] of [["192.0.2.7", "7"], ["2001:db8::42", "66"], ["nonsense", String(UNKNOWN)]] as const) {
    const shown = await ask(haproxy.port("web"), { "x-ip": ip });
    assert.deepEqual([shown?.score, shown?.error], [expected, ""]);
  }
});

testEachHaproxy(
  "the health check brings the server up, and down when the agent has gone",
  spoeOptions(),
  async (haproxy) => {
    const agent = new Agent().on("get-ip-reputation", score);
    const listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
    await untilServers(haproxy, "UP");
    await untilCount(() => agent.stats().health_checks, 3);
    await listener.drain();
    await untilServers(haproxy, "DOWN");
    await using _again = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
    await untilServers(haproxy, "UP");
    assert.deepEqual(agent.stats().disconnects, {});
  },
);

testEachHaproxy(
  "an agent on a unix socket answers",
  spoeOptions({ servers: (context) => [`unix@${context.file("spoa.sock")}`] }),
  async (haproxy) => {
    const agent = new Agent().on("get-ip-reputation", score);
    await using _listener = await agent.listen(`unix:${haproxy.file("spoa.sock")}`);
    await untilServers(haproxy, "UP");
    assert.equal((await ask(haproxy.port("web"), { "x-ip": "192.0.2.9" }))?.score, "9");
  },
);

testEachHaproxy("big headers arrive whole in req.hdrs_bin", spoeOptions(), async (haproxy) => {
  const agent = new Agent().on("get-ip-reputation", (message, actions) => {
    const headers = decodeHeaders(message.bytes("headers") ?? new Uint8Array());
    const big = headers.find(([name]) => name === "x-big")?.[1] ?? "";
    actions.set("session", "ip_score", /^y*$/.test(big) ? big.length : -2);
  });
  await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
  await untilServers(haproxy, "UP");
  for (const size of [10, 240, 3000, 12_000]) {
    assert.equal((await ask(haproxy.port("web"), { "x-big": "y".repeat(size) }))?.score, String(size));
  }
});

testEachHaproxy(
  "a handler that stalls is answered by its default before HAProxy gives up",
  spoeOptions(),
  async (haproxy) => {
    const agent = new Agent({ processingMs: 200 }).on("get-ip-reputation", () => new Promise(() => {}), DEFAULT);
    await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
    await untilServers(haproxy, "UP");
    const shown = await Promise.all(Array.from({ length: 5 }, () => ask(haproxy.port("web"), {})));
    for (const one of shown) {
      assert.deepEqual([one?.score, one?.error], ["-1", ""]);
      assert.ok(one !== undefined && one.timeMs >= 170 && one.timeMs < 500, `${one?.timeMs} ms`);
    }
  },
);

testEachHaproxy(
  "a handler that throws is answered by its default, and the next one as usual",
  spoeOptions(),
  async (haproxy) => {
    const agent = new Agent().on("get-ip-reputation", (message, actions) => {
      if (message.args["mode"] === "throw") throw new Error("no");
      return score(message, actions);
    }, DEFAULT);
    await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
    await untilServers(haproxy, "UP");
    for (const mode of ["throw", "usual", "throw"]) {
      const shown = await ask(haproxy.port("web"), { "x-mode": mode, "x-ip": "192.0.2.3" });
      assert.deepEqual([shown?.score, shown?.error], [mode === "throw" ? "-1" : "3", ""]);
    }
  },
);

testEachHaproxy(
  "many requests at once, answered out of order, each get their own verdict",
  spoeOptions(),
  async (haproxy) => {
    const agent = new Agent().on("get-ip-reputation", async (message, actions) => {
      const last = message.ip("ip")?.bytes.at(-1) ?? 0;
      await new Promise((resolve) => setTimeout(resolve, (last * 7) % 50));
      actions.set("session", "ip_score", last);
    });
    await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
    await untilServers(haproxy, "UP");
    const side = async (last: number) => {
      for (let round = 0; round < 3; round++) {
        const shown = await ask(haproxy.port("web"), { "x-ip": `192.0.2.${last}` });
        assert.deepEqual([shown?.score, shown?.error], [String(last), ""]);
      }
    };
    await Promise.all(Array.from({ length: 80 }, (_, last) => side(last)));
    assert.equal(agent.stats().frames, 240);
  },
);

const TWO = spoeOptions({
  servers: (context) => ["first", "second"].map((name) => `127.0.0.1:${context.port(name)}`),
});

const ROUNDS = 6;

testEachHaproxy(
  "agents that are drained and started again under load answer all that reaches them",
  TWO,
  async (haproxy) => {
    const agent = new Agent().on("get-ip-reputation", score);
    const names = ["first", "second"];
    const listeners = await Promise.all(names.map((name) => agent.listen(`127.0.0.1:${haproxy.port(name)}`)));
    await untilServers(haproxy, "UP", "UP");
    // HAProxy up to 3.0 keeps sending on a connection until it has read the goodbye: a message may cross it (error 256).
    const mayCross = parseFloat(haproxy.build.version) < 3.1;
    const load = new Load(haproxy.port("web"), mayCross ? 2 : 8);
    for (let round = 0; round < ROUNDS; round++) {
      const which = round % 2;
      const before = agent.stats().frames;
      // As an operator would: nothing new for this one. What HAProxy has already given it is answered.
      await haproxy.ask(`set server spoa/a${which} state drain`);
      await listeners[which]?.drain(DRAIN_MS);
      listeners[which] = await agent.listen(`127.0.0.1:${haproxy.port(names[which] ?? "")}`);
      await haproxy.ask(`set server spoa/a${which} state ready`);
      await untilServers(haproxy, "UP", "UP");
      await untilCount(() => agent.stats().frames, before + 100);
    }
    const shown = await load.stop();
    for (const listener of listeners) await listener.close();
    const lost = shown.filter((one) => one?.score !== "7");
    const crossed = mayCross ? lost.filter((one) => one?.error === "256") : [];
    assert.deepEqual(lost.filter((one) => !crossed.includes(one)), [], `${lost.length} of ${shown.length}`);
    assert.ok(crossed.length <= ROUNDS * 2, `${crossed.length} messages crossed a goodbye, more than one a connection`);
    assert.ok(shown.length >= 500);
  },
);

testEachHaproxy("HAProxy reloads under load without a lost verdict", spoeOptions({ master: true }), async (haproxy) => {
  const agent = new Agent().on("get-ip-reputation", score);
  await using _listener = await agent.listen(`127.0.0.1:${haproxy.port("agent")}`);
  await untilServers(haproxy, "UP");
  const load = new Load(haproxy.port("web"), 8);
  for (let round = 0; round < 10; round++) {
    const before = agent.stats().frames;
    assert.ok((await haproxy.reload()).success);
    await untilCount(() => agent.stats().frames, before + 50);
  }
  const shown = await load.stop();
  const lost = shown.filter((one) => one !== undefined && one.score !== "7");
  assert.deepEqual(lost, [], `${lost.length} of ${shown.length}`);
  assert.ok(shown.length >= 500);
  assert.ok(Object.keys(agent.stats().engines).length >= 11, "each HAProxy process is an engine of its own");
  assert.deepEqual(agent.stats().disconnects, {});
});
