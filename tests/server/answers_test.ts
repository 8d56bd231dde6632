/** What every answer has: whole bodies whatever their size, a log line, and the page that names the routes. */
import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { formatAddress } from "../../lib/net/mod.ts";
import { createApp, serve } from "../../lib/server/mod.ts";
import { fakeClient } from "./fake_client.ts";

const row = (number: number) => ({
  kind: "server",
  pxname: "web",
  svname: `s${number}`,
  type: 2,
  desc: "x".repeat(100),
});
const rows = Array.from({ length: 20_000 }, (_, number) => row(number));
const client = fakeClient({ getStat: () => Promise.resolve(rows), getInfo: () => Promise.reject(new Error("broken")) });

Deno.test("a large answer arrives whole, with its length, for one reader and for many at once", async () => {
  await using server = await serve({ client, listen: "127.0.0.1:0" });
  const url = `http://${formatAddress(server.address)}/api/v1/stats`;
  const read = async () => {
    const response = await fetch(url);
    const text = await response.text();
    assert.equal(response.headers.get("content-length"), String(new TextEncoder().encode(text).length));
    return text;
  };
  const [first, ...others] = await Promise.all([read(), read(), read(), read()]);
  assert.deepEqual(JSON.parse(first), rows);
  assert.ok(others.every((one) => one === first));
  const head = await fetch(url, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

Deno.test("a reader who stops in the middle of a large answer keeps nobody waiting", async () => {
  await using server = await serve({ client, listen: "127.0.0.1:0" });
  assert.ok(server.address.transport === "tcp");
  using slow = await Deno.connect({ hostname: "127.0.0.1", port: server.address.port });
  await slow.write(new TextEncoder().encode("GET /api/v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await slow.read(new Uint8Array(16));
  const response = await fetch(`http://${formatAddress(server.address)}/api/v1/stats`);
  assert.equal((await response.json()).length, rows.length);
});

Deno.test("accessLog writes one line a request, and an unexpected error in full", async () => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { memory: (record) => records.push(record) },
    loggers: [
      { category: ["happi", "server"], lowestLevel: "info", sinks: ["memory"] },
      { category: ["logtape", "meta"], lowestLevel: "fatal", sinks: [] },
    ],
  });
  try {
    const app = createApp({ client });
    for (const path of ["/healthz?secret=1", "/nope", "/api/v1/info"]) await (await app.request(path)).body?.cancel();
  } finally {
    await reset();
  }
  const lines = records.map((record) => record.message.join(""));
  assert.match(lines[0] ?? "", /^GET \/healthz 200 [\d.]+ ms, -$/);
  assert.match(lines[1] ?? "", /^GET \/nope 404 /);
  assert.equal(records[2]?.level, "error");
  assert.match(String(records[2]?.properties.error), /broken/);
  assert.match(lines[3] ?? "", /^GET \/api\/v1\/info 500 /);
  assert.equal(lines.length, 4);
});

Deno.test("GET / names the routes, as text and as a page that loads nothing", async () => {
  const app = createApp({ client });
  const text = await (await app.request("/")).text();
  assert.match(text, /GET \/api\/v1\/servers\/state\//);
  const page = await app.request("/", { headers: { accept: "text/html,application/xhtml+xml" } });
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const html = await page.text();
  assert.doesNotMatch(html, /https?:\/\/|<script|src=/);
  assert.match(html, /<a href="\/api\/v1\/stats">/);
});

Deno.test("every route that GET / names is there, and takes the methods that it names", async () => {
  const app = createApp({ client });
  const lines = (await (await app.request("/")).text()).split("\n").filter((line) => /^ {2}[A-Z]/.test(line));
  assert.ok(lines.length > 20);
  const named = new Set<string>();
  for (const line of lines) {
    const [path = "", ...methods] = line.trim().split(" ").reverse();
    const plain = path.replace(/\?.*$/, "");
    const route = plain.replace(/\{(\w+)\}/g, "x");
    for (const method of methods) {
      named.add(`${method} ${plain.replace(/\{\w+\}/g, ":")}`);
      const found = app.router.match(method, route)[0].some(([[, one]]) => one.method !== "ALL");
      assert.ok(found, `${method} ${plain}`);
    }
  }
  const notNamed = /^(?:GET \/|GET \/api\/v1\/servers\/state|(?:PUT|POST|DELETE) \/api\/v1\/servers\/.*)$/;
  const missing = app.routes.filter((route) => route.method !== "ALL")
    .map((route) => `${route.method} ${route.path.replace(/:\w+/g, ":")}`)
    .filter((route) => !named.has(route) && !notNamed.test(route));
  assert.deepEqual([...new Set(missing)], []);
});
