/**
 * A process that is a server of HAProxy's, under load: nobody notices that it is stopped, and traffic comes back with it.
 *
 * HAProxy neither checks its servers nor tries anything again: whatever goes right is the switch's doing.
 */
import assert from "node:assert/strict";
import { clientServerSwitch } from "../../../lib/cli/process/server_switch.ts";
import { Feed } from "../../../lib/feed/mod.ts";
import { Client } from "../../../lib/client/mod.ts";
import type { Definition } from "../../../lib/process/definition.ts";
import { ProcessManager } from "../../../lib/process/manager.ts";
import { Serving } from "../../../lib/process/order/server_switch.ts";
import { untilReady } from "../../../lib/process/readiness/until_ready.ts";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import type { LaunchContext, RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";

const config = (context: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retries 0

frontend fe
  bind 127.0.0.1:${context.port("fe")}
  default_backend web

backend web
  balance roundrobin
  use-server s1 if { path /hold }
  server s1 127.0.0.1:${context.port("s1")} disabled
  server s2 127.0.0.1:${context.port("s2")}
`;

/** Answers with its name after a while, a request for `/hold` after a longer one, of which it tells. */
const PROGRAM = (port: number) => `
  Deno.serve({ hostname: "127.0.0.1", port: ${port}, onListen() {} }, async (request) => {
    const isHeld = request.url.endsWith("/hold");
    if (isHeld) console.log("held");
    await new Promise((resolve) => setTimeout(resolve, isHeld ? 300 : 5));
    return new Response("s1");
  });`;

testEachHaproxy(
  "clientServerSwitch() stops and starts a process under load without one failed request",
  { config },
  async (haproxy) => {
    await using _s2 = startBackend({ port: haproxy.port("s2"), name: "s2" });
    await using kept = keep(haproxy);
    const load = startLoad(`http://127.0.0.1:${haproxy.port("fe")}/`);
    await kept.manager.add(definitionOf(haproxy.port("s1")));
    await load.answers("s1", 20);

    // A request that takes longer than everything else is on its way.
    const held = fetch(`http://127.0.0.1:${haproxy.port("fe")}/hold`);
    await printed(kept.manager, "held");
    await kept.manager.stop("web");
    const answer = await held;
    assert.deepEqual([answer.status, await answer.text()], [200, "s1"]);
    assert.deepEqual(await adminStates(kept.client), ["forced_drain"]);
    const before = load.count("s1");
    await load.answers("s2", 50);
    assert.equal(load.count("s1"), before);

    await kept.manager.start("web");
    await load.answers("s1", 20);
    assert.deepEqual(await adminStates(kept.client), []);
    assert.deepEqual(await load.end(), []);
  },
);

testEachHaproxy(
  "clientServerSwitch() drains the server of a process that was killed, and makes it ready with the next",
  { config },
  async (haproxy) => {
    await using kept = keep(haproxy);
    await kept.manager.add(definitionOf(haproxy.port("s1")));
    assert.deepEqual(await kept.told(1), ["ready: "]);
    kept.manager.signalProcess(1, 9);
    assert.deepEqual(await kept.told(3), ["ready: ", "drain: forced_drain", "ready: "]);
    const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/hold`);
    assert.equal(await response.text(), "s1");
  },
);

testEachHaproxy(
  "clientServerSwitch() gives up on sessions that do not end when the drain timeout is over",
  { config },
  async (haproxy) => {
    await using kept = keep(haproxy);
    await kept.manager.add({ ...definitionOf(haproxy.port("s1")), drain_timeout: 0.05 });
    await kept.told(1);
    const held = fetch(`http://127.0.0.1:${haproxy.port("fe")}/hold`).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    });
    await printed(kept.manager, "held");
    await kept.manager.stop("web");
    assert.equal(await held, 502);
  },
);

testEachHaproxy(
  "Serving lets a process start and stop while HAProxy is away, and tells it when it is back",
  { config },
  async (haproxy) => {
    await using kept = keep(haproxy);
    await haproxy.stop();
    await kept.manager.add(definitionOf(haproxy.port("s1")));
    await isReady(kept.manager);
    await kept.manager.stop("web");
    assert.equal(kept.manager.status("web").state, "stopped");
    await kept.manager.start("web");
    await isReady(kept.manager);
    await haproxy.start();
    assert.deepEqual(await kept.told(1), ["ready: "]);
    const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/hold`);
    assert.equal(await response.text(), "s1");
  },
);

/** A manager whose processes are servers of this HAProxy, and what HAProxy was told with what it made of it. */
function keep(haproxy: RunningHaproxy) {
  const client = new Client(haproxy.socketPath);
  const own = clientServerSwitch(client);
  const done = new Feed<string>();
  const recorded = (word: "ready" | "drain") => async (server: string, signal: AbortSignal) => {
    await own[word](server, signal);
    done.push(`${word}: ${await adminStates(client)}`);
  };
  const serving = new Serving({ ...own, ready: recorded("ready"), drain: recorded("drain") }, { againMs: 10 });
  const manager = new ProcessManager({
    environment: Deno.env.toObject(),
    untilReady,
    onServing: serving.onServing,
  });
  return {
    client,
    manager,
    /** The first that it was told, as soon as it was told so often. */
    async told(times: number): Promise<string[]> {
      const words: string[] = [];
      for await (const item of done.read({ after: 0 })) {
        if (item.kind === "record") words.push(item.record.value);
        if (words.length === times) break;
      }
      return words;
    },
    async [Symbol.asyncDispose]() {
      await manager[Symbol.asyncDispose]();
      serving[Symbol.dispose]();
      await client.close();
    },
  };
}

function definitionOf(port: number): Definition {
  return {
    name: "web",
    cmd: Deno.execPath(),
    args: ["eval", PROGRAM(port)],
    redirect_output: ["out"],
    ready: { tcp: `127.0.0.1:${port}`, every: 0.02 },
    server: "web/s1",
  };
}

/** What keeps traffic away from the server; `config_maint` only says how HAProxy was started. */
async function adminStates(client: Client): Promise<string[]> {
  const { servers } = await client.getServersState("web");
  const states = servers.find(({ srv_name }) => srv_name === "s1")?.admin_states ?? [];
  return states.filter((state) => state !== "config_maint");
}

/** Settles when the process has printed it. */
async function printed(manager: ProcessManager, line: string): Promise<void> {
  const [child] = manager.running("web");
  assert.ok(child !== undefined);
  assert.equal(await untilReady(child, { name: "web", cmd: "", ready: { log: line } }), undefined);
}

/** Settles when the definition's process is ready. */
async function isReady(manager: ProcessManager): Promise<void> {
  const [child] = manager.running("web");
  assert.ok(child !== undefined);
  assert.equal(await untilReady(child, manager.definition("web")), undefined);
}

/** Asks again and again, eight at a time, until it is ended. */
function startLoad(url: string) {
  const failures: string[] = [];
  const counts = new Map<string, number>();
  let waiting: { readonly name: string; readonly until: number; readonly done: () => void }[] = [];
  let isEnded = false;
  const count = (name: string) => counts.get(name) ?? 0;
  const workers = Array.from({ length: 8 }, async () => {
    while (!isEnded) {
      try {
        const response = await fetch(url);
        const name = await response.text();
        const key = name.trim();
        if (response.status !== 200) failures.push(`status ${response.status}`);
        counts.set(key, count(key) + 1);
      } catch (thrown) {
        failures.push(String(thrown));
      }
      waiting = waiting.filter((one) => {
        if (count(one.name) < one.until) return true;
        one.done();
        return false;
      });
    }
  });
  return {
    count,
    /** Settles when a server has answered so many more. */
    answers(name: string, more: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ name, until: count(name) + more, done: resolve });
      return promise;
    },
    /** Gives what went wrong. */
    async end(): Promise<string[]> {
      isEnded = true;
      await Promise.all(workers);
      return failures;
    },
  };
}
