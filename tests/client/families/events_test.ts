import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { compareBranch, parseVersion } from "../../../lib/client/formats/version.ts";
import { CommandForbidden, CommandRefused } from "../../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

/** A request that HAProxy logs into the ring by its path. */
async function visit(haproxy: RunningHaproxy, path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${haproxy.port("web")}${path}`, {
    headers: { "x-client": "bad-client" },
  });
  assert.equal(response.status, 403);
  await response.text();
}

/** A request that is none. */
async function sendGarbage(haproxy: RunningHaproxy): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("web") });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nbad header\r\n\r\n"));
  while (await connection.read(new Uint8Array(1024)) !== null);
}

testEachHaproxy("getEventSinks() and getEvents() read rings", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  const sinks = await client.getEventSinks();
  assert.deepEqual(sinks.find((one) => one.name === "traffic")?.type, "buffer");
  await visit(haproxy, "/first");
  // The line is written when the request ends, which its client may see before.
  for await (const event of client.followEvents("traffic")) if (event.message.includes("/first")) break;
  assert.ok((await client.getEvents("traffic")).some((event) => event.message.includes("GET /first")));
  await assert.rejects(() => client.getEvents("nope"), NotFound);
  await assert.rejects(() => client.getEvents("stdout"), (thrown) => {
    assert.ok(thrown instanceof CommandRefused);
    return /Nothing to report/.test(thrown.message);
  });
});

testEachHaproxy("followEvents() gives lines as they come", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await visit(haproxy, "/old");
  const seen: string[] = [];
  for await (const { message } of client.followEvents("traffic", { from: "start" })) {
    const [path] = /\/(?:old|new\d)/.exec(message) ?? [];
    if (path === undefined) continue;
    seen.push(path);
    if (path === "/old") await visit(haproxy, "/new1");
    if (path === "/new1") await visit(haproxy, "/new2");
    if (path === "/new2") break;
  }
  assert.deepEqual(seen, ["/old", "/new1", "/new2"]);
});

testEachHaproxy("followEvents() from now leaves out what was there", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await visit(haproxy, "/old");
  for await (const { message } of client.followEvents("traffic")) if (message.includes("/old")) break;
  const stopping = new AbortController();
  const events = client.with({ signal: stopping.signal }).followEvents("traffic", { from: "now" });
  const first = events[Symbol.asyncIterator]().next();
  let isOver = false;
  const over = first.finally(() => isOver = true);
  for (let n = 0; !isOver; n++) await visit(haproxy, `/new${n}`);
  await over;
  const { value } = await first;
  assert.match(value?.message, /\/new\d/);
  stopping.abort();
});

testEachHaproxy("followEvents() refuses what cannot be followed", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const follow = async (one: Client, sink: string) => {
    for await (const event of one.followEvents(sink)) assert.fail(event.line);
  };
  await assert.rejects(follow(client, "nope"), NotFound);
  await assert.rejects(follow(client, "stdout"), /Nothing to report/);
  await using user = new Client(haproxy.file("user.sock"));
  await assert.rejects(follow(user, "traffic"), CommandForbidden);
});

testEachHaproxy("followEvents() over a master socket needs 3.2", { ...REALISTIC, master: true }, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  await visit(haproxy, "/there");
  const follow = async () => {
    for await (const { message } of client.followEvents("traffic")) if (message.includes("/there")) return;
    assert.fail("the ring has the line");
  };
  if (compareBranch(parseVersion(haproxy.build.version).branch, "3.2") >= 0) await follow();
  else await assert.rejects(follow, UnsupportedCommand);
});

testEachHaproxy("getErrors() shows invalid messages", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  assert.deepEqual((await client.getErrors()).errors, []);
  await sendGarbage(haproxy);
  for (
    const filter of [{}, { proxy: "fe_web" }, { direction: "request" }, {
      proxy: "fe_web",
      direction: "request",
    }] as const
  ) {
    const { errors } = await client.getErrors(filter);
    assert.deepEqual(
      errors.map((one) => [one.proxy, one.error]),
      [["fe_web", "invalid request"]],
      JSON.stringify(filter),
    );
  }
  assert.deepEqual((await client.getErrors({ direction: "response" })).errors, []);
  await assert.rejects(() => client.getErrors({ proxy: "nope" }), NotFound);
  await using user = new Client(haproxy.file("user.sock"));
  await assert.rejects(() => user.getErrors(), CommandForbidden);
});
