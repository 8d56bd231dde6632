import assert from "node:assert/strict";
import { createForwardAuth, type ForwardAuthOptions } from "../../../lib/spop/policies/forward_auth.ts";
import { Ip } from "../../../lib/spop/codec/mod.ts";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, headerBlock, verdictAtOnce, verdictOf } from "./recorder.ts";

interface Asked {
  readonly method: string;
  readonly headers: Headers;
}

/** A service that can be told what to answer, and tells what it was asked. */
function serve(first: (asked: Asked) => Response | Promise<Response>) {
  const state = { answer: first, asked: [] as Asked[] };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const asked = { method: request.method, headers: new Headers(request.headers) };
    state.asked.push(asked);
    return state.answer(asked);
  });
  return { state, url: `http://127.0.0.1:${server.addr.port}/auth`, [Symbol.asyncDispose]: () => server.shutdown() };
}

const HEADERS = headerBlock([
  ["host", "shop.example"],
  ["Authorization", "Bearer abc"],
  ["cookie", "a=1"],
  ["cookie", "b=2"],
  ["x-secret", "no"],
  ["connection", "keep-alive"],
]);
const ARGS = { method: "PUT", path: "/a?b=c", headers: HEADERS, ip: Ip.parse("192.0.2.1") };

function policyFor(url: string, options: Partial<ForwardAuthOptions> = {}) {
  return createForwardAuth({ url, responseHeaders: { auth_user: "x-user" }, ...options });
}

Deno.test("createForwardAuth() tells the service of the request, and HAProxy of the answer", async () => {
  await using service = serve(() => new Response("body", { status: 202, headers: { "x-user": "ann" } }));
  await using policy = await policyFor(service.url);
  assert.deepEqual(await verdictOf(policy, ARGS), {
    auth_ok: true,
    auth_status: 202,
    auth_error: undefined,
    auth_location: undefined,
    auth_user: "ann",
  });
  const [asked] = service.state.asked;
  assert.equal(asked?.method, "GET");
  const told = (name: string) => asked?.headers.get(name);
  assert.deepEqual(["x-forwarded-method", "x-forwarded-uri", "x-forwarded-host", "x-forwarded-for"].map(told), [
    "PUT",
    "/a?b=c",
    "shop.example",
    "192.0.2.1",
  ]);
  assert.equal(told("authorization"), "Bearer abc");
  assert.match(told("cookie") ?? "", /^a=1[;,] ?b=2$/);
  assert.equal(told("x-secret"), null);
});

/** Answers and what comes of them. */
const ANSWERS: readonly (readonly [string, () => Response, Record<string, unknown>])[] = [
  ["204", () => new Response(null, { status: 204 }), { auth_ok: true, auth_status: 204 }],
  ["401", () => new Response("no", { status: 401 }), { auth_ok: false, auth_status: 401, auth_error: "denied" }],
  [
    "a redirect",
    () => new Response(null, { status: 302, headers: { location: "https://login.example/?back" } }),
    { auth_ok: false, auth_status: 302, auth_error: "denied", auth_location: "https://login.example/?back" },
  ],
  ["500", () => new Response(null, { status: 500 }), { auth_ok: false, auth_status: 500, auth_error: "denied" }],
];

for (const [name, answer, expected] of ANSWERS) {
  Deno.test(`createForwardAuth() understands ${name}`, async () => {
    await using service = serve(answer);
    await using policy = await policyFor(service.url);
    const nothing = { auth_error: undefined, auth_location: undefined, auth_user: undefined };
    assert.deepEqual(await verdictOf(policy, ARGS), { ...nothing, ...expected });
    assert.equal(service.state.asked.length, 1, "a redirect is not followed");
  });
}

Deno.test("createForwardAuth() says no when the service does not answer in time, or not at all", async () => {
  const { promise: stall, resolve: release } = Promise.withResolvers<Response>();
  await using service = serve(() => stall);
  await using policy = await policyFor(service.url, { timeoutMs: 30 });
  const nothing = { auth_status: undefined, auth_location: undefined, auth_user: undefined };
  assert.deepEqual(await verdictOf(policy, ARGS), { ...nothing, auth_ok: false, auth_error: "timeout" });
  release(new Response());
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using nobody = await policyFor(`http://127.0.0.1:${port}/`);
  assert.deepEqual(await verdictOf(nobody, ARGS), { ...nothing, auth_ok: false, auth_error: "unreachable" });
  assert.deepEqual(defaultOf(nobody), { ...nothing, auth_ok: false, auth_error: "unavailable" });
});

Deno.test("createForwardAuth() survives a service that speaks no HTTP, and one that hangs up", async () => {
  for (const greeting of ["SSH-2.0-nonsense\r\n", ""]) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = (async () => {
      for await (const connection of listener) {
        await connection.write(new TextEncoder().encode(greeting)).catch(() => {});
        connection.close();
      }
    })();
    await using policy = await policyFor(`http://127.0.0.1:${listener.addr.port}/`, { timeoutMs: 5000 });
    assert.equal((await verdictOf(policy, ARGS)).auth_error, "unreachable");
    listener.close();
    await served;
  }
});

Deno.test("createForwardAuth() leaves out a header that HTTP cannot carry", async () => {
  await using service = serve(() => new Response());
  await using policy = await policyFor(service.url, { requestHeaders: ["x-a", "x-b"] });
  const headers = headerBlock([["x-a", "a\r\nx-injected: 1"], ["x-b", "b"]]);
  assert.equal((await verdictOf(policy, { ...ARGS, headers })).auth_ok, true);
  const [asked] = service.state.asked;
  assert.deepEqual(["x-a", "x-b", "x-injected"].map((name) => asked?.headers.get(name)), [null, "b", null]);
});

Deno.test("createForwardAuth() does not let a visitor say what is asked for", async () => {
  await using service = serve(() => new Response());
  const requestHeaders = ["x-forwarded-method", "x-forwarded-uri", "x-forwarded-host", "x-forwarded-for"];
  await using policy = await policyFor(service.url, { requestHeaders });
  const headers = headerBlock([
    ["host", "shop.example"],
    ...["GET", "/public", "other.example", "198.51.100.1"].map((value, at) =>
      [requestHeaders[at] ?? "", value] as const
    ),
  ]);
  await verdictOf(policy, { ...ARGS, headers });
  await verdictOf(policy, { ...ARGS, headers, ip: null });
  const told = service.state.asked.map((asked) => requestHeaders.map((name) => asked.headers.get(name)));
  assert.deepEqual(told, [
    ["PUT", "/a?b=c", "shop.example", "198.51.100.1, 192.0.2.1"],
    ["PUT", "/a?b=c", "shop.example", null],
  ]);
});

Deno.test("createForwardAuth() refuses a request of which it cannot tell the service", async () => {
  await using service = serve(() => new Response());
  await using policy = await policyFor(service.url);
  const host = headerBlock([["host", "sh\u00f6p.example"]]);
  for (const wrong of [{ path: "/admin/\u20ac" }, { path: "/a b" }, { method: "G\r\nX: 1" }, { headers: host }]) {
    const { auth_ok, auth_error } = await verdictOf(policy, { ...ARGS, ...wrong });
    assert.deepEqual([auth_ok, auth_error], [false, "malformed"]);
  }
  assert.equal(service.state.asked.length, 0);
});

Deno.test("createForwardAuth() remembers an answer for the same request, and only for that", async () => {
  let now = 0;
  await using service = serve(({ headers }) =>
    new Response(null, { headers: { "x-user": headers.get("x-forwarded-host") ?? "" } })
  );
  await using policy = await policyFor(service.url, { cacheSeconds: 10, outside: { now: () => now } });
  const first = await verdictOf(policy, ARGS);
  assert.deepEqual(verdictAtOnce(policy, ARGS), first);
  const others = [
    { ...ARGS, method: "GET" },
    { ...ARGS, path: "/admin" },
    { ...ARGS, ip: Ip.parse("192.0.2.2") },
    { ...ARGS, headers: headerBlock([["host", "shop.example"], ["authorization", "Bearer other"]]) },
    { ...ARGS, headers: headerBlock([["host", "admin.example"], ["authorization", "Bearer abc"]]) },
  ];
  for (const other of others) await verdictOf(policy, other);
  assert.equal(service.state.asked.length, 1 + others.length);
  now = 10_000;
  await verdictOf(policy, ARGS);
  assert.equal(service.state.asked.length, 2 + others.length);
  await policy.reload?.();
  await verdictOf(policy, ARGS);
  assert.equal(service.state.asked.length, 3 + others.length);
});

Deno.test("createForwardAuth() remembers no longer than the service allows, and no failure", async () => {
  let now = 0;
  const answers = [
    () => new Response(null, { status: 503 }),
    () => new Response(null, { headers: { "cache-control": "no-store" } }),
    () => new Response(null, { headers: { "cache-control": "private, max-age=2" } }),
  ];
  await using service = serve(() => (answers.shift() ?? (() => new Response()))());
  await using policy = await policyFor(service.url, {
    cacheSeconds: 10,
    cacheBy: ["headers"],
    outside: { now: () => now },
  });
  for (const count of [1, 2, 3, 3]) {
    await verdictOf(policy, ARGS);
    assert.equal(service.state.asked.length, count);
  }
  now = 2000;
  await verdictOf(policy, ARGS);
  assert.equal(service.state.asked.length, 4);
  verdictAtOnce(policy, { ...ARGS, path: "/other", ip: null });
});

Deno.test("createForwardAuth() asks so many at a time, and refuses what does not fit", async () => {
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  let atOnce = 0;
  await using policy = await policyFor("http://127.0.0.1:1/", {
    maxConcurrent: 2,
    maxWaiting: 1,
    outside: {
      fetch: async () => {
        atOnce++;
        await open;
        atOnce--;
        return new Response();
      },
    },
  });
  const answers = Promise.all([1, 2, 3, 4, 5].map(() => verdictOf(policy, ARGS)));
  await Promise.resolve();
  assert.equal(atOnce, 2);
  release();
  assert.deepEqual((await answers).map((one) => one.auth_error), [undefined, undefined, undefined, "busy", "busy"]);
  assert.equal(policy.stats?.().in_flight, 0);
});

/** Options that do not fit. */
const BAD: readonly (readonly [Partial<ForwardAuthOptions>, RegExp])[] = [
  [{ url: "auth.example" }, /must be an http:\/\/ or https:\/\/ URL/],
  [{ url: "file:///etc/passwd" }, /must be an http/],
  [{ requestHeaders: ["a b"] }, /"a b" is no name of a header/],
  [{ responseHeaders: { auth_ok: "x" } }, /"auth_ok" in option "responseHeaders"/],
  [{ responseHeaders: { "a-b": "x" } }, /"a-b" in option "responseHeaders"/],
  [{ responseHeaders: { a: "x y" } }, /"x y" is no name of a header/],
  [{ timeoutMs: 0 }, /option "timeoutMs"/],
  [{ cacheBy: [] }, /option "cacheBy" has no "headers"/],
  [{ cacheBy: ["uri", "ip"] }, /option "cacheBy" has no "headers"/],
  [JSON.parse('{"cacheBy":["toString"]}'), /"toString" in option "cacheBy" is none of/],
];

for (const [options, why] of BAD) {
  Deno.test(`createForwardAuth() says ${why}`, () => {
    const make = async () => await policyFor("http://127.0.0.1:1/", options);
    return assert.rejects(make, (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  });
}
