/** Events over HTTP: what is in a ring, and the stream of what comes. */
import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { createApp, serve } from "../../lib/server/mod.ts";
import { formatAddress } from "../../lib/net/mod.ts";
import { type Json, testOnHaproxy } from "./on_haproxy.ts";
import { ringCli } from "./ring_cli.ts";

const LINES = ["<134>Nov 21 00:20:08 localhost haproxy[1]: one", "<134>Nov 21 00:20:09 localhost haproxy[1]: two"];

/** The events of a stream, comments as they are. */
async function* readEvents(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    yield* events;
  }
}

testOnHaproxy("GET /events lists rings, and gives what is in one", async ({ request, haproxy }) => {
  const { body } = await request("GET", "/events");
  assert.ok(body.some((sink: Json) => sink.name === "traffic"));
  await (await fetch(`http://127.0.0.1:${haproxy.port("status")}/from-a-test`)).body?.cancel();
  const events = await request("GET", "/events/traffic");
  assert.ok(events.body.some((event: Json) => event.message.includes("/from-a-test")), JSON.stringify(events.body));
  assert.equal((await request("GET", "/events/nope")).status, 404);
  assert.equal((await request("GET", "/events/stdout")).status, 422);
});

testOnHaproxy("GET /events/:sink?follow goes on with what comes", async ({ client, haproxy }) => {
  const app = createApp({ client });
  const response = await app.request("/api/v1/events/traffic?follow&from=now");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  await (await fetch(`http://127.0.0.1:${haproxy.port("status")}/followed`)).body?.cancel();
  for await (const event of readEvents(response.body)) {
    if (!event.startsWith("data: ")) continue;
    assert.match(JSON.parse(event.slice("data: ".length)).message, /\/followed/);
    break;
  }
});

testOnHaproxy("GET /events/:sink?follow answers for what fails at once with its status", async ({ client }) => {
  const app = createApp({ client });
  const statuses = { "nope?follow": 404, "stdout?follow": 422, "traffic?follow=maybe": 400, "traffic?from=then": 400 };
  for (const [path, status] of Object.entries(statuses)) {
    const response = await app.request(`/api/v1/events/${path}`);
    assert.equal(response.status, status, path);
    assert.equal(typeof (await response.json()).error.message, "string");
  }
});

Deno.test("a followed ring gives an event a line, and signs of life while nothing comes", async () => {
  await using cli = ringCli(LINES);
  await using client = new Client(cli.path);
  const app = createApp({ client, heartbeatMs: 5 });
  const response = await app.request("/api/v1/events/traffic?follow");
  const seen: string[] = [];
  for await (const event of readEvents(response.body)) {
    seen.push(event.startsWith("data: ") ? JSON.parse(event.slice("data: ".length)).message : event);
    if (seen.filter((one) => one === ": heartbeat").length === 2) break;
  }
  assert.deepEqual(seen.filter((one) => one !== ": heartbeat"), [
    ": following",
    "localhost haproxy[1]: one",
    "localhost haproxy[1]: two",
  ]);
  await cli.ended;
});

Deno.test("a followed ring outlives the deadline of requests", async () => {
  await using cli = ringCli(LINES);
  await using client = new Client(cli.path);
  const app = createApp({ client, deadlineMs: 1, heartbeatMs: 20 });
  const response = await app.request("/api/v1/events/traffic?follow");
  let beats = 0;
  for await (const event of readEvents(response.body)) {
    if (event === ": heartbeat" && ++beats === 3) break;
    assert.doesNotMatch(event, /error/);
  }
  assert.equal(beats, 3);
});

for (const isEndless of [false, true]) {
  Deno.test(`a reader who leaves ${isEndless ? "a flood unread" : "a silent ring"} frees the CLI connection`, async () => {
    await using cli = ringCli(LINES, isEndless);
    await using client = new Client(cli.path);
    await using server = await serve({ client, listen: "127.0.0.1:0" });
    assert.ok(server.address.transport === "tcp");
    const { hostname, port } = server.address;
    const connection = await Deno.connect({ hostname, port });
    const request = "GET /api/v1/events/traffic?follow HTTP/1.1\r\nHost: localhost\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    await connection.read(new Uint8Array(16));
    connection.close();
    await cli.ended;
  });
}

Deno.test("HEAD of a followed ring opens no connection to HAProxy", async () => {
  await using client = new Client("/run/nobody-listens-here.sock");
  const response = await createApp({ client }).request("/api/v1/events/traffic?follow", { method: "HEAD" });
  assert.deepEqual([response.status, await response.text()], [200, ""]);
});

Deno.test("RunningServer.stop() ends streams at once", async () => {
  await using cli = ringCli(LINES);
  await using client = new Client(cli.path);
  const server = await serve({ client, listen: "127.0.0.1:0", drainMs: 60_000 });
  const response = await fetch(`http://${formatAddress(server.address)}/api/v1/events/traffic?follow`);
  const events = readEvents(response.body);
  assert.equal((await events.next()).value, ": following");
  const stopped = server.stop();
  assert.ok((await Array.fromAsync(events)).every((event) => event.startsWith("data: ")), "it ends without an error");
  await stopped;
  await cli.ended;
});

Deno.test("a followed ring whose HAProxy goes away ends with an error event", async () => {
  const cli = ringCli(LINES);
  await using client = new Client(cli.path);
  const response = await createApp({ client }).request("/api/v1/events/traffic?follow");
  await using _cli = cli;
  const events = readEvents(response.body);
  assert.equal((await events.next()).value, ": following");
  await client.close();
  const rest = await Array.fromAsync(events);
  assert.match(rest.at(-1) ?? "", /^event: error\ndata: \{"code":"socket_closed"/);
});
