/**
 * Webhooks to real HTTP servers, of events that are pushed and of real processes.
 */
import assert from "node:assert/strict";
import { Feed } from "../../lib/feed/mod.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import type { ProcessEvent } from "../../lib/process/manager_face.ts";
import { InvalidWebhook, Webhooks } from "../../lib/process/webhooks.ts";

Deno.test("Webhooks tells of what happens to a process, by exact type, in order", async () => {
  await using receiver = startReceiver();
  const manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  {
    await using _hooks = new Webhooks(manager.events, {
      "proc.web.spawn": receiver.url("/spawn"),
      "proc.web.exit": receiver.url("/exit"),
      "proc.web": receiver.url("/nothing"),
      ".": receiver.url("/all"),
    });
    await manager.add({ name: "web", cmd: "sleep 60" });
    await manager.stop("web");
  }
  await manager[Symbol.asyncDispose]();
  const by = (path: string) => receiver.taken.filter((one) => one.path === path).map(({ body }) => body);
  assert.deepEqual(by("/spawn").map(({ event, name, pid }) => [event, name, pid]), [["proc.web.spawn", "web", 1]]);
  assert.deepEqual(by("/exit").map(({ event, term_signal }) => [event, term_signal]), [["proc.web.exit", 15]]);
  assert.deepEqual(by("/nothing"), []);
  const all = by("/all").map(({ event }) => event);
  assert.equal(all[0], "create");
  assert.deepEqual(
    [...all].sort(),
    ["create", "proc.web.exit", "proc.web.reap", "proc.web.spawn", "proc.web.start", "proc.web.stop"],
  );
  assert.deepEqual([...new Set(receiver.taken.map(({ type }) => type))], ["POST application/json"]);
});

Deno.test("Webhooks sends one event to one URL once, however often it asked for it", async () => {
  await using receiver = startReceiver();
  const events = new Feed<ProcessEvent>();
  {
    const url = receiver.url("/");
    await using _hooks = new Webhooks(events, { start: [url, url], "proc.web.start": url, ".": url, create: url });
    events.push({ event: "start", name: "web" });
    events.push({ event: "proc.web.exit", name: "web" });
  }
  assert.deepEqual(receiver.taken.map(({ body }) => body.event), ["proc.web.start", "proc.web.exit"]);
});

Deno.test("Webhooks keeps the order towards a receiver that is slow", async () => {
  await using receiver = startReceiver({ delayMs: (index) => index === 0 ? 50 : 0 });
  const events = new Feed<ProcessEvent>();
  {
    await using _hooks = new Webhooks(events, { ".": receiver.url("/") });
    for (const event of ["a", "b", "c", "d"]) events.push({ event, name: "web" });
  }
  assert.deepEqual(receiver.taken.map(({ body }) => body.event), ["a", "b", "c", "d"]);
});

Deno.test("Webhooks neither repeats what fails nor lets it hold up others", async () => {
  await using failing = startReceiver({ status: 500 });
  await using receiver = startReceiver();
  const events = new Feed<ProcessEvent>();
  {
    await using _hooks = new Webhooks(events, {
      a: [failing.url("/"), "http://127.0.0.1:1/", receiver.url("/")],
      b: [failing.url("/"), receiver.url("/")],
    });
    events.push({ event: "a", name: "web" });
    events.push({ event: "b", name: "web" });
  }
  assert.deepEqual(failing.taken.map(({ body }) => body.event), ["a", "b"]);
  assert.deepEqual(receiver.taken.map(({ body }) => body.event), ["a", "b"]);
});

Deno.test("Webhooks follows no redirect", async () => {
  await using receiver = startReceiver({ status: 307, location: "/elsewhere" });
  const events = new Feed<ProcessEvent>();
  {
    await using _hooks = new Webhooks(events, { a: receiver.url("/here") });
    events.push({ event: "a", name: "web" });
  }
  assert.deepEqual(receiver.taken.map(({ path }) => path), ["/here"]);
});

Deno.test("Webhooks drops the oldest events for a receiver that never answers, and ends in time", async () => {
  const events = new Feed<ProcessEvent>();
  const asked: unknown[] = [];
  const { promise: third, resolve } = Promise.withResolvers<void>();
  // Answers nothing until its time is over.
  const stall: typeof fetch = (_url, init) => {
    asked.push(JSON.parse(String(init?.body)).number);
    if (asked.length === 3) resolve();
    return new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  };
  {
    await using _hooks = new Webhooks(events, { ".": "http://127.0.0.1:9/" }, {
      fetch: stall,
      deadlineMs: 20,
      capacity: 2,
    });
    for (let number = 1; number <= 10; number++) events.push({ event: "a", name: "web", number });
    await third;
  }
  assert.deepEqual(asked, [1, 9, 10]);
});

for (const url of ["ftp://127.0.0.1/", "127.0.0.1:80", "", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/ x"]) {
  Deno.test(`Webhooks refuses ${JSON.stringify(url)}`, () => {
    assert.throws(() => new Webhooks(new Feed(), { ".": url }), InvalidWebhook);
  });
}

Deno.test("Webhooks tells of a name with line feeds in it as JSON does", async () => {
  await using receiver = startReceiver();
  const events = new Feed<ProcessEvent>();
  {
    await using _hooks = new Webhooks(events, { ".": receiver.url("/") });
    events.push({ event: "create", name: 'a\r\nContent-Length: 0\r\n\r\n"' });
  }
  assert.deepEqual(receiver.taken.map(({ body }) => body.name), ['a\r\nContent-Length: 0\r\n\r\n"']);
});

interface Taken {
  readonly path: string;
  readonly type: string;
  readonly body: ProcessEvent;
}

/** A server that keeps what it is told. */
function startReceiver(
  { status = 200, location = "", delayMs = () => 0 }: {
    readonly status?: number;
    readonly location?: string;
    readonly delayMs?: (index: number) => number;
  } = {},
) {
  const taken: Taken[] = [];
  let begun = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const ms = delayMs(begun++);
    const { pathname: path } = new URL(request.url);
    const body: ProcessEvent = await request.json();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    taken.push({ path, type: `${request.method} ${request.headers.get("content-type")}`, body });
    return new Response(null, { status, headers: location === "" ? {} : { location } });
  });
  return {
    taken,
    url: (path: string) => `http://127.0.0.1:${server.addr.port}${path}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
