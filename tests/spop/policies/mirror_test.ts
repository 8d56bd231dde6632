import assert from "node:assert/strict";
import fc from "fast-check";
import { Ip } from "../../../lib/spop/codec/mod.ts";
import { createMirror, type MirrorOptions } from "../../../lib/spop/policies/mirror.ts";
import { mirroredHeaders, mirroredUrl } from "../../../lib/spop/policies/mirror/copy.ts";
import { InvalidPolicy, type PolicyMessage } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, headerBlock, verdictAtOnce } from "./recorder.ts";

interface Copied {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A place that copies go to; `next()` gives the next one. */
function serve(answer: () => Response | Promise<Response> = () => new Response("ignored")) {
  const copies: Copied[] = [];
  let wake = () => {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { method, url } = request;
    copies.push({
      method,
      url: new URL(url).pathname + new URL(url).search,
      headers: new Headers(request.headers),
      body: await request.text(),
    });
    wake();
    return await answer();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async next(): Promise<Copied> {
      while (copies.length === 0) await new Promise<void>((resolve) => wake = resolve);
      const [first] = copies.splice(0, 1);
      assert.ok(first !== undefined);
      return first;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const HEADERS = headerBlock([
  ["Host", "shop.example"],
  ["User-Agent", "curl"],
  ["Cookie", "a=1"],
  ["Connection", "keep-alive, X-Hop"],
  ["Keep-Alive", "timeout=5"],
  ["X-Hop", "1"],
  ["Transfer-Encoding", "chunked"],
  ["Content-Length", "999"],
  ["Upgrade", "websocket"],
  ["Proxy-Authorization", "Basic x"],
  ["TE", "trailers"],
  ["Expect", "100-continue"],
  ["X-Two", "1"],
  ["X-Two", "2"],
]);
const ARGS = { method: "POST", path: "/a/b?c=%2F", headers: HEADERS, ip: Ip.parse("192.0.2.1") };

Deno.test("createMirror() sends a copy without the headers of the connection", async () => {
  await using shadow = serve();
  await using policy = await createMirror({ url: `${shadow.url}/shadow/`, withBody: true, withoutHeaders: ["Cookie"] });
  const body = new TextEncoder().encode("hello");
  assert.deepEqual(verdictAtOnce(policy, { ...ARGS, body }), {});
  // The bytes are the connection's, and are used again at once.
  body.fill(0);
  const copy = await shadow.next();
  assert.deepEqual([copy.method, copy.url, copy.body], ["POST", "/shadow/a/b?c=%2F", "hello"]);
  const gone = ["cookie", "keep-alive", "x-hop", "transfer-encoding", "upgrade", "proxy-authorization", "te", "expect"];
  assert.deepEqual(gone.filter((name) => copy.headers.has(name)), []);
  const told = (name: string) => copy.headers.get(name);
  assert.deepEqual(["user-agent", "x-two", "x-forwarded-host", "x-forwarded-for", "content-length"].map(told), [
    "curl",
    "1, 2",
    "shop.example",
    "192.0.2.1",
    "5",
  ]);
  assert.deepEqual(defaultOf(policy), {});
  assert.deepEqual(policy.sets, []);
});

Deno.test("createMirror() leaves the body of GET and HEAD, and what HTTP cannot carry", async () => {
  await using shadow = serve();
  await using policy = await createMirror({ url: shadow.url, withBody: true });
  const headers = headerBlock([["x-a", "a\r\nx-b: c"], ["x-c", "d"]]);
  verdictAtOnce(policy, { method: "GET", path: "/", headers, body: "x" });
  const copy = await shadow.next();
  assert.deepEqual(
    [copy.method, copy.body, copy.headers.get("x-a"), copy.headers.get("x-b"), copy.headers.get("x-c")],
    [
      "GET",
      "",
      null,
      null,
      "d",
    ],
  );
  for (const method of ["CONNECT", "TRACE", "", "GET /", "a b"]) verdictAtOnce(policy, { ...ARGS, method });
  assert.equal(policy.stats?.().skipped, 5);
});

Deno.test("createMirror() never waits, drops what does not fit and goes on afterwards", async () => {
  const { promise: open, resolve: release } = Promise.withResolvers<Response>();
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const asked: string[] = [];
  await using policy = await createMirror({
    url: "http://127.0.0.1:1",
    maxConcurrent: 2,
    maxQueued: 3,
    outside: {
      fetch: async (url) => {
        asked.push(url);
        const answer = await open;
        if (asked.length === 5 && url.endsWith("/4")) finish();
        return answer.clone();
      },
    },
  });
  for (let number = 0; number < 20; number++) verdictAtOnce(policy, { ...ARGS, path: `/${number}` });
  const { dropped, queued, in_flight } = policy.stats?.() ?? {};
  assert.deepEqual([dropped, queued, in_flight], [15, 3, 2]);
  release(new Response());
  await done;
  assert.deepEqual(asked.map((url) => url.slice(-2)), ["/0", "/1", "/2", "/3", "/4"]);
  assert.equal(policy.stats?.().queued_bytes, 0);
});

Deno.test("createMirror() keeps no more bytes than it is told", async () => {
  const { promise: never } = Promise.withResolvers<Response>();
  await using policy = await createMirror({
    url: "http://127.0.0.1:1",
    withBody: true,
    maxConcurrent: 1,
    maxQueuedBytes: 5000,
    outside: {
      fetch: (_url, { signal }) =>
        Promise.race([never, new Promise<Response>((_, reject) => signal?.addEventListener("abort", reject))]),
    },
  });
  for (let number = 0; number < 10; number++) verdictAtOnce(policy, { ...ARGS, body: new Uint8Array(2000) });
  const { queued, dropped } = policy.stats?.() ?? {};
  assert.deepEqual([queued, dropped], [2, 7]);
});

Deno.test("createMirror() counts what fails, and a place that stalls", async () => {
  const { promise: stall, resolve: release } = Promise.withResolvers<Response>();
  const { promise: failed, resolve: note } = Promise.withResolvers<void>();
  await using shadow = serve(() => stall);
  await using policy = await createMirror({
    url: shadow.url,
    timeoutMs: 20,
    outside: { fetch: (url, init) => fetch(url, init).finally(note) },
  });
  verdictAtOnce(policy, ARGS);
  await failed;
  await Promise.resolve();
  release(new Response());
  await policy[Symbol.asyncDispose]();
  assert.deepEqual([policy.stats?.().failed, policy.stats?.().sent], [1, 0]);
});

Deno.test("createMirror() ends what is under way when it is ended", async () => {
  const { promise: stall, resolve: release } = Promise.withResolvers<Response>();
  await using shadow = serve(() => stall);
  const policy = await createMirror({ url: shadow.url, maxConcurrent: 1, timeoutMs: 60_000 });
  for (let number = 0; number < 3; number++) verdictAtOnce(policy, ARGS);
  await shadow.next();
  await policy[Symbol.asyncDispose]();
  const { failed, dropped, in_flight } = policy.stats?.() ?? {};
  assert.deepEqual([failed, dropped, in_flight], [1, 2, 0]);
  release(new Response());
});

Deno.test("createMirror() copies the share that it is told", async () => {
  const numbers = [0.1, 0.3, 0.29, 0.9];
  const asked: string[] = [];
  await using policy = await createMirror({
    url: "http://127.0.0.1:1",
    share: 0.3,
    outside: {
      random: () => numbers.shift() ?? 1,
      fetch: (url) => {
        asked.push(url);
        return Promise.resolve(new Response());
      },
    },
  });
  for (let number = 0; number < 4; number++) verdictAtOnce(policy, { ...ARGS, path: `/${number}` });
  assert.deepEqual(asked, ["http://127.0.0.1:1/0", "http://127.0.0.1:1/2"]);
});

Deno.test("mirroredUrl() never leads elsewhere, whatever the path", () => {
  const base = new URL("http://shadow.example:81/own");
  const elsewhere = [
    "@evil/",
    ".evil.example/",
    ":82/",
    "//../../x",
    "/../x",
    "/%2e%2e/x",
    "http://evil/",
    "",
    "?a",
    "\\\\evil",
  ];
  for (const path of elsewhere) {
    const url = mirroredUrl(base, path);
    assert.ok(url === undefined || url.startsWith("http://shadow.example:81/own/"), `${path} became ${url}`);
  }
  assert.equal(mirroredUrl(base, "//evil/x"), "http://shadow.example:81/own//evil/x");
  assert.equal(mirroredUrl(base, "*"), "http://shadow.example:81/own/");
  const path = fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.string().map((text) => `/${text}`));
  fc.assert(fc.property(path, (path) => {
    const url = mirroredUrl(base, path);
    assert.ok(url === undefined || url.startsWith("http://shadow.example:81/own/"), String(url));
  }));
});

Deno.test("mirroredHeaders() and createMirror() never throw, whatever HAProxy sends", async () => {
  await using policy = await createMirror({
    url: "http://127.0.0.1:1",
    outside: { fetch: () => Promise.resolve(new Response()) },
  });
  const text = fc.string({ unit: "binary" });
  const value = fc.oneof(text, fc.uint8Array(), fc.constant(null), fc.integer());
  fc.assert(fc.property(fc.array(fc.tuple(text, text)), value, value, value, (headers, method, path, block) => {
    mirroredHeaders(headers, new Set(), "x");
    const args: PolicyMessage["args"] = { method, path, headers: block, body: block, ip: method };
    assert.deepEqual(verdictAtOnce(policy, args), {});
  }));
});

/** Options that do not fit. */
const BAD: readonly (readonly [Partial<MirrorOptions>, RegExp])[] = [
  [{ url: "shadow" }, /must be an http/],
  [{ url: "ftp://shadow/" }, /must be an http/],
  [{ url: "http://shadow/?a" }, /without query/],
  [{ share: 2 }, /option "share"/],
  [{ maxQueued: 0 }, /option "maxQueued"/],
];

for (const [options, why] of BAD) {
  Deno.test(`createMirror() says ${why} to ${JSON.stringify(options)}`, () => {
    const make = async () => await createMirror({ url: "http://127.0.0.1:1", ...options });
    return assert.rejects(make, (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  });
}
