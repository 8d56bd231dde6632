/** A server that is one app's alone. */

import assert from "node:assert/strict";
import { configure, reset } from "@logtape/logtape";
import { Hono } from "hono";
import { formatAddress } from "../../lib/net/mod.ts";
import { type RunningServer, serveWhole } from "../../lib/server/mod.ts";

const app = () =>
  new Hono()
    .get("/ping", (c) => c.text("OK"))
    .get("/socket", (c) => {
      const { socket, response } = Deno.upgradeWebSocket(c.req.raw);
      socket.addEventListener("message", ({ data }) => socket.send(data));
      return response;
    })
    .options("*", (c) => c.body(null, 204, { "access-control-allow-origin": "the app's own" }));

const urlOf = ({ address }: RunningServer) => `http://${formatAddress(address)}`;

Deno.test("serveWhole() leaves origins to the app, and refuses foreign hosts itself", async () => {
  await using server = await serveWhole({ listen: "127.0.0.1:0", app });
  const url = urlOf(server);
  const preflight = await fetch(`${url}/ping`, { method: "OPTIONS", headers: { origin: "https://evil.example" } });
  await preflight.body?.cancel();
  assert.equal(preflight.headers.get("access-control-allow-origin"), "the app's own");
  const client = Deno.createHttpClient({ allowHost: true });
  const foreign = await fetch(`${url}/ping`, { client, headers: { host: "evil.example" } });
  await foreign.body?.cancel();
  client.close();
  assert.equal(foreign.status, 421);
});

Deno.test("serveWhole() lets WebSockets through while it logs requests", async () => {
  const lines: unknown[] = [];
  await configure({
    reset: true,
    sinks: { lines: (record) => lines.push(record.properties["status"]) },
    loggers: [{ category: "happi", lowestLevel: "info", sinks: ["lines"] }, {
      category: ["logtape", "meta"],
      sinks: [],
    }],
  });
  try {
    await using server = await serveWhole({ listen: "127.0.0.1:0", app });
    const socket = new WebSocket(`${urlOf(server).replace("http", "ws")}/socket`);
    const { promise: echoed, resolve } = Promise.withResolvers<unknown>();
    socket.addEventListener("open", () => socket.send("hello"));
    socket.addEventListener("message", ({ data }) => resolve(data));
    assert.equal(await echoed, "hello");
    const closed = Promise.withResolvers<void>();
    socket.addEventListener("close", () => closed.resolve());
    socket.close();
    await closed.promise;
    assert.deepEqual(lines, [101]);
  } finally {
    await reset();
  }
});

Deno.test("serveWhole() refuses an address that other machines reach", async () => {
  await assert.rejects(serveWhole({ listen: "0.0.0.0:0", app }), { code: "non_loopback_listener" });
});
