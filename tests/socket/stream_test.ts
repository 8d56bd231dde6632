/** Commands that keep talking, on every HAProxy. */
import assert from "node:assert/strict";
import { CommandForbidden, CommandRefused, NoSocket, Socket, SocketClosed } from "../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

const EVENTS = "show events traffic -w";

/** Makes a request whose log line goes to the ring, and waits for its answer. */
async function request(haproxy: RunningHaproxy, path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${haproxy.port("web")}${path}`, { headers: { connection: "close" } });
  await response.body?.cancel();
}

/** How many connections HAProxy has on its worker's sockets, the one that asks included. */
async function connections(haproxy: RunningHaproxy): Promise<number> {
  return (await haproxy.ask("show sess")).split("\n").filter((line) => line.includes(" fe=GLOBAL ")).length;
}

testEachHaproxy(
  "stream() gives each event as it comes, and leaving the loop ends the connection",
  REALISTIC,
  async (haproxy) => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    await using socket = new Socket(haproxy.socketPath, { trace: (line) => line.endsWith("is closed") && resolve() });
    const wanted = ["/one", "/two", "/three"];
    await request(haproxy, "/zero");
    const seen: string[] = [];
    for await (const line of socket.stream(EVENTS)) {
      assert.doesNotMatch(line, /^\[\d\]: |^$/);
      const path = /"GET (\/\w+) /.exec(line)?.[1];
      if (path === undefined) continue; // HAProxy's own news, such as a server that is down
      seen.push(path);
      const next = wanted.shift();
      if (next === undefined) break;
      await request(haproxy, next);
    }
    assert.deepEqual(seen, ["/zero", "/one", "/two", "/three"]);
    await closed;
    // HAProxy notices that we have gone at the next event, at the latest.
    await request(haproxy, "/four");
    while (await connections(haproxy) > 1);
  },
);

testEachHaproxy("stream() ends with the signal's reason, or when the socket is closed", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const reason = new Error("enough");
  const controller = new AbortController();
  const follow = async (signal?: AbortSignal) => {
    for await (const _line of socket.stream(EVENTS, signal ? { signal } : {}));
  };
  const first = follow(controller.signal);
  const second = follow();
  await request(haproxy, "/one");
  controller.abort(reason);
  await assert.rejects(first, (thrown) => thrown === reason);
  await assert.rejects(() => follow(AbortSignal.abort(reason)), (thrown) => thrown === reason);
  const closed = assert.rejects(second, SocketClosed);
  await socket.close();
  await closed;
});

testEachHaproxy("stream() ends by itself after an answer that ends", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const lines = await Array.fromAsync(socket.stream("show backend"));
  assert.deepEqual(lines, (await haproxy.ask("show backend")).trimEnd().split("\n"));
  assert.deepEqual(await Array.fromAsync(socket.stream("show version")), [(await haproxy.ask("show version")).trim()]);
});

testEachHaproxy("stream() throws HAProxy's refusal, and that nobody listens", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  await using user = new Socket(haproxy.file("user.sock"));
  const firstOf = (from: Socket, command: string) => from.stream(command).next();
  await assert.rejects(() => firstOf(socket, "show events nope -w"), CommandRefused);
  await assert.rejects(() => firstOf(socket, "frobnicate"), CommandRefused);
  await assert.rejects(() => firstOf(user, EVENTS), CommandForbidden);
  await haproxy.kill();
  await assert.rejects(() => firstOf(socket, EVENTS), NoSocket);
});

testEachHaproxy("stream() ends when HAProxy goes away", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  await request(haproxy, "/one");
  const stream = socket.stream(EVENTS);
  assert.equal((await stream.next()).done, false);
  await haproxy.kill();
  for await (const _line of stream);
});

testEachHaproxy("stream() waits longer than HAProxy's own timeout", {
  config: (context) => REALISTIC.config(context).replace("stats timeout 30s", "stats timeout 300ms"),
  files: REALISTIC.files,
}, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  await request(haproxy, "/first");
  const stream = socket.stream(EVENTS);
  const next = async (path: string) => {
    for (;;) {
      const { value, done } = await stream.next();
      assert.ok(!done, "the stream has ended");
      if (value.includes(path)) return;
    }
  };
  await next("/first");
  const { promise: later, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 1500); // the time itself is what is tested
  await later;
  await request(haproxy, "/second");
  await next("/second");
  await stream.return?.();
});

testEachHaproxy(
  "stream() speaks with a worker through the master, where HAProxy can",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    await using socket = new Socket(haproxy.masterSocketPath, { master: "worker" });
    await request(haproxy, "/one");
    const stream = socket.stream(EVENTS);
    if (haproxy.build.version !== "3.2") return await assert.rejects(() => stream.next(), CommandRefused);
    const seen: string[] = [];
    for await (const line of stream) {
      assert.doesNotMatch(line, /^master/);
      const path = /"GET (\/\w+) /.exec(line)?.[1];
      if (path === undefined) continue;
      seen.push(path);
      if (path === "/two") break;
      await request(haproxy, "/two");
    }
    assert.deepEqual(seen, ["/one", "/two"]);
    assert.deepEqual(await Array.fromAsync(socket.stream("wait 20ms")), ["Done."]);
    assert.deepEqual(await Array.fromAsync(socket.stream("enable server be_web/s1")), []);
    await assert.rejects(() => socket.stream("disable server nope/x").next(), CommandRefused);
    const processes = await Array.fromAsync(socket.to("master").stream("show proc"));
    assert.match(processes[0] ?? "", /^#<PID>/);
  },
);
