/** Processes over WebSockets: input, output, the end, and who is let in. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { ADMIN, conversation, serveProcesses, TOKEN } from "./served.ts";

const ECHO: Definition = { name: "echo", cmd: "cat", redirect_input: true, redirect_output: ["out"], restart: "never" };
const PROTOCOLS = ["happi", `happi.token.${btoa(TOKEN).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`];

Deno.test("messages go to stdin, output comes back as text, and the end of the process is 1000", async () => {
  await using served = await serveProcesses([{
    ...ECHO,
    cmd: "read a; read b; echo $a-$b",
    shell: true,
  }]);
  const socket = new WebSocket(`${served.wsUrl}/wstreams/1`, PROTOCOLS);
  const { received, code } = await conversation(socket, (socket, received) => {
    if (received.length > 0) return;
    socket.send("€uro\n");
    socket.send(new TextEncoder().encode("bytes\n"));
  });
  assert.equal(socket.protocol, "happi");
  assert.deepEqual([received.join(""), code], ["€uro-bytes\n", 1000]);
});

Deno.test("the first label comes back, and a process without output only takes", async () => {
  await using served = await serveProcesses([
    { ...ECHO, cmd: "read a; echo err >&2; echo out", shell: true, redirect_output: ["first", "second"] },
    { ...ECHO, name: "mute", cmd: "read a", shell: true, redirect_output: [] },
  ]);
  const say = (socket: WebSocket, received: readonly unknown[]) => received.length === 0 && socket.send("go\n");
  const both = await conversation(new WebSocket(`${served.wsUrl}/wstreams/1`, PROTOCOLS), say);
  assert.deepEqual([both.received.join(""), both.code], ["out\n", 1000]);
  const mute = await conversation(new WebSocket(`${served.wsUrl}/wstreams/2`, PROTOCOLS), say);
  assert.deepEqual(mute, { received: [], code: 1000 });
});

Deno.test("characters that are written in halves come in one frame; binary=1 is the bytes", async () => {
  await using served = await serveProcesses([ECHO]);
  const halves = [Uint8Array.of(0xe2), Uint8Array.of(0x82, 0xac)];
  const feed = served.manager.process(1).outputs.get("out");
  assert.ok(feed !== undefined);
  const blocks = feed.read();
  const open = (query: string) => new WebSocket(`${served.wsUrl}/wstreams/1${query}`, PROTOCOLS);
  const sockets = [open(""), open("?binary=1")];
  const opened = sockets.map(() => Promise.withResolvers<void>());
  const both = Promise.all(sockets.map((socket, at) => conversation(socket, () => opened[at]?.resolve())));
  await Promise.all(opened.map(({ promise }) => promise));
  for (const half of halves) {
    await served.manager.process(1).write(half);
    await blocks.next();
  }
  await served.manager.process(1).closeInput();
  const [asText, asBytes] = await both;
  assert.deepEqual(asText, { received: ["€"], code: 1000 });
  assert.deepEqual(asBytes?.received.map((frame) => frame instanceof ArrayBuffer && new Uint8Array(frame)), halves);
});

const REFUSALS: readonly (readonly [path: string, token: boolean, error: string])[] = [
  ["/wstreams/x", true, "bad_value"],
  ["/wstreams/99", true, "not_found"],
  ["/wstreams/2", true, "forbidden_write"],
  ["/wstreams/1", false, "unauthorized"],
];

for (const [path, hasToken, error] of REFUSALS) {
  Deno.test(`${path} ${hasToken ? "with" : "without"} the token is told ${error}, then the end`, async () => {
    await using served = await serveProcesses([ECHO, { name: "deaf", cmd: "sleep 60" }]);
    const socket = new WebSocket(served.wsUrl + path, hasToken ? PROTOCOLS : []);
    const { received, code } = await conversation(socket, (socket) => socket.send("not for you\n"));
    assert.deepEqual([received.map((text) => JSON.parse(String(text)).error), code], [[error], 1008]);
    assert.equal(served.manager.process(1).outputs.get("out")?.lastId, 0, "nothing is written");
  });
}

Deno.test("the token is taken from headers too, and a wrong one is not taken", async () => {
  await using served = await serveProcesses([ECHO]);
  const open = (headers: Record<string, string>) => new WebSocket(`${served.wsUrl}/wstreams/1`, { headers });
  const wrong = await conversation(open({ authorization: "Bearer wrong" }));
  assert.deepEqual([wrong.received.map((text) => JSON.parse(String(text)).error), wrong.code], [
    ["unauthorized"],
    1008,
  ]);
  for (const headers of [ADMIN, { "x-api-key": TOKEN }]) {
    const { received, code } = await conversation(open(headers), (socket, received) => {
      if (received.length === 0) socket.send("hello\n");
      else socket.close(1000);
    });
    assert.deepEqual([received, code], [["hello\n"], 1000]);
  }
});

Deno.test("a page of another site is not let in, whatever token it has", async () => {
  await using served = await serveProcesses([ECHO], { admin: "open" });
  const socket = new WebSocket(`${served.wsUrl}/wstreams/1`, { headers: { origin: "https://evil.example" } });
  const { code, received } = await conversation(socket);
  assert.ok(code === 0 || code === 1006, `there is no connection to close: ${code}`);
  assert.deepEqual(received, []);
});

Deno.test("input that a process does not read waits up to a limit, then its sender is told to come later", async () => {
  await using served = await serveProcesses([{ ...ECHO, cmd: "sleep 60" }]);
  const { received, code } = await conversation(
    new WebSocket(`${served.wsUrl}/wstreams/1`, PROTOCOLS),
    (socket, received) => {
      for (let at = 0; at < 18 && received.length === 0; at++) socket.send(new Uint8Array(64 * 1024));
    },
  );
  assert.deepEqual([received.map((text) => JSON.parse(String(text)).error), code], [["input_full"], 1013]);
});

Deno.test("a socket that leaves is forgotten, and one that is open when the server stops is told", async () => {
  await using served = await serveProcesses([ECHO]);
  const feed = served.manager.process(1).outputs.get("out");
  const url = `${served.wsUrl}/wstreams/1`;
  const left = await conversation(new WebSocket(url, PROTOCOLS), (socket) => socket.close(1000));
  assert.equal(left.code, 1000);
  const stopped = await conversation(new WebSocket(url, PROTOCOLS), () => served.stopping.abort());
  assert.equal(stopped.code, 1001);
  assert.equal(feed?.readers, 0);
});

Deno.test("tail begins with the last lines", async () => {
  await using served = await serveProcesses([ECHO]);
  const feed = served.manager.process(1).outputs.get("out");
  assert.ok(feed !== undefined);
  const blocks = feed.read();
  await served.manager.process(1).write(new TextEncoder().encode("one\ntwo\n€\n"));
  await blocks.next();
  const { received } = await conversation(
    new WebSocket(`${served.wsUrl}/wstreams/1?tail=2`, PROTOCOLS),
    (socket, received) => received.length > 0 && socket.close(1000),
  );
  assert.deepEqual(received, ["two\n€\n"]);
});

Deno.test("what the end leaves of a character is sent before the close", async () => {
  const cmd = "read a; printf 'x\\303'";
  await using served = await serveProcesses([{ ...ECHO, cmd, shell: true }]);
  const { received, code } = await conversation(
    new WebSocket(`${served.wsUrl}/wstreams/1`, PROTOCOLS),
    (socket, received) => received.length === 0 && socket.send("go\n"),
  );
  assert.deepEqual([received.join(""), code], ["x\ufffd", 1000]);
});
