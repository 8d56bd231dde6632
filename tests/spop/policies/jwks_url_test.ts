import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createJwt, type JwtOptions } from "../../../lib/spop/policies/jwt.ts";
import { UnusableKeys } from "../../../lib/spop/policies/jwt/keys.ts";
import { verdictOf } from "./recorder.ts";

const pairs = {
  a: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  b: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

/** A JWKS with some of the keys. */
function jwks(...kids: (keyof typeof pairs)[]): string {
  return JSON.stringify({ keys: kids.map((kid) => ({ ...pairs[kid].publicKey.export({ format: "jwk" }), kid })) });
}

/** A token that is good for long. */
function token(kid: string, pair: { readonly privateKey: KeyObject }, sub = "ann"): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "ES256", kid })}.${encode({ sub, exp: 9_999_999_999 })}`;
  const key = { key: pair.privateKey, dsaEncoding: "ieee-p1363" as const };
  return `${signed}.${createSign("sha256").update(signed).sign(key).toString("base64url")}`;
}

/** A server of keys that can be told what to answer. */
function serveKeys(first: () => Response | Promise<Response>) {
  const state = { answer: first, etags: [] as (string | null)[] };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    state.etags.push(request.headers.get("if-none-match"));
    return state.answer();
  });
  return {
    state,
    url: `http://127.0.0.1:${server.addr.port}/jwks`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A policy whose clock stands still until it is told otherwise. */
async function policyFor(url: string, options: Partial<JwtOptions> = {}) {
  const clock = { now: 1_700_000_000_000 };
  const policy = await createJwt({ jwksUrl: url, outside: { now: () => clock.now }, ...options });
  const ask = async (text: string) => {
    const { jwt_valid, jwt_error } = await verdictOf(policy, { authorization: `Bearer ${text}` });
    return jwt_valid === true ? "ok" : jwt_error;
  };
  return { policy, clock, ask, [Symbol.asyncDispose]: () => policy[Symbol.asyncDispose]() };
}

Deno.test("createJwt() looks for a key that it does not know, but not for each token", async () => {
  await using keys = serveKeys(() => new Response(jwks("a")));
  await using one = await policyFor(keys.url, { unknownKeySeconds: 30 });
  assert.equal(await one.ask(token("a", pairs.a)), "ok");
  keys.state.answer = () => new Response(jwks("a", "b"));
  assert.equal(await one.ask(token("b", pairs.b)), "unknown_key", "it has asked a moment ago");
  one.clock.now += 30_000;
  const answers = await Promise.all([1, 2, 3].map((number) => one.ask(token("b", pairs.b, `user${number}`))));
  assert.deepEqual(answers, ["ok", "ok", "ok"]);
  assert.equal(keys.state.etags.length, 2, "those that wait share one question");
  for (let number = 0; number < 20; number++) await one.ask(token(`no${number}`, pairs.b));
  assert.equal(keys.state.etags.length, 2);
});

Deno.test("createJwt() drops a key that has gone, and tokens that were signed with it", async () => {
  await using keys = serveKeys(() => new Response(jwks("a"), { headers: { "cache-control": "max-age=60" } }));
  await using one = await policyFor(keys.url);
  const text = token("a", pairs.a);
  assert.equal(await one.ask(text), "ok");
  keys.state.answer = () => new Response(jwks("b"));
  one.clock.now += 59_999;
  assert.equal(await one.ask(text), "ok");
  assert.equal(keys.state.etags.length, 1);
  await one.policy.reload?.();
  assert.equal(await one.ask(text), "unknown_key");
  assert.equal(await one.ask(token("b", pairs.b)), "ok");
});

Deno.test("createJwt() asks again in the background when the answer is too old, with its ETag", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<string | null | undefined>();
  await using keys = serveKeys(() =>
    new Response(jwks("a"), { headers: { etag: '"1"', "cache-control": "max-age=60" } })
  );
  await using one = await policyFor(keys.url);
  keys.state.answer = () => {
    resolve(keys.state.etags.at(-1));
    return new Response(null, { status: 304, headers: { "cache-control": "public, max-age=600" } });
  };
  one.clock.now += 60_000;
  const text = token("a", pairs.a);
  assert.equal(await one.ask(text), "ok");
  assert.equal(await asked, '"1"');
  await one.policy.reload?.();
  assert.equal(await one.ask(text), "ok");
  const before = keys.state.etags.length;
  one.clock.now += 599_000;
  assert.equal(await one.ask(text), "ok");
  assert.equal(keys.state.etags.length, before, "304 says how long it is good, too");
});

Deno.test("createJwt() asks again when its clock was set back: a key may have been revoked since", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  await using keys = serveKeys(() => new Response(jwks("a"), { headers: { "cache-control": "max-age=3600" } }));
  await using one = await policyFor(keys.url);
  keys.state.answer = () => {
    resolve();
    return new Response(jwks("b"));
  };
  one.clock.now -= 40_000_000;
  await one.ask(token("a", pairs.a));
  await asked;
  await one.policy.reload?.();
  assert.equal(await one.ask(token("a", pairs.a)), "unknown_key");
});

Deno.test("createJwt() goes on remembering tokens when the URL says the same again, with or without an ETag", async () => {
  await using keys = serveKeys(() => new Response(jwks("a")));
  await using one = await policyFor(keys.url);
  const text = token("a", pairs.a);
  for (const hits of [0, 1, 2]) {
    assert.equal(await one.ask(text), "ok");
    assert.equal(one.policy.stats?.().cache_hits, hits);
    await one.policy.reload?.();
  }
});

Deno.test("createJwt() does not tell what a URL has in it of passwords and keys", async () => {
  await using keys = serveKeys(() => new Response("no", { status: 500 }));
  const url = keys.url.replace("//", "//user:s3cret@") + "?key=s3cret";
  for (const one of [url, url.replace("http:", "ftp:")]) {
    await assert.rejects(policyFor(one), (thrown) => thrown instanceof Error && !thrown.message.includes("s3cret"));
  }
});

/** Answers that are none. */
const BAD: readonly (readonly [string, () => Response, RegExp])[] = [
  ["a 500", () => new Response("no", { status: 500 }), /it answered with status 500/],
  ["nonsense", () => new Response("<html>"), /it is no JSON/],
  ["a redirect", () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }), /redirect/],
  ["a 304 that nobody asked for", () => new Response(null, { status: 304 }), /status 304/],
  ["two MiB", () => new Response("x".repeat(2 << 20)), /more than 1048576 bytes/],
  [
    "secret keys",
    () => new Response('{"keys":[{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}'),
    /none of them/,
  ],
];

for (const [name, answer, why] of BAD) {
  Deno.test(`createJwt() does not begin with ${name}, and goes on with its old keys after it`, async () => {
    await using keys = serveKeys(answer);
    await assert.rejects(policyFor(keys.url), (thrown) => thrown instanceof UnusableKeys && why.test(thrown.message));
    keys.state.answer = () => new Response(jwks("a"));
    await using one = await policyFor(keys.url);
    keys.state.answer = answer;
    await assert.rejects(async () => await one.policy.reload?.(), UnusableKeys);
    assert.equal(await one.ask(token("a", pairs.a)), "ok");
    assert.equal(one.policy.stats?.().jwks_failures, 1);
  });
}

Deno.test("createJwt() gives up on a URL that never answers, and its old keys end after a day", async () => {
  const { promise: stall, resolve: release } = Promise.withResolvers<Response>();
  await using keys = serveKeys(() => new Response(jwks("a")));
  await using one = await policyFor(keys.url, { fetchTimeoutMs: 50 });
  keys.state.answer = () => stall;
  await assert.rejects(async () => await one.policy.reload?.(), UnusableKeys);
  assert.equal(await one.ask(token("a", pairs.a)), "ok");
  one.clock.now += 86_400_001;
  assert.equal(await one.ask(token("a", pairs.a, "new")), "no_keys");
  assert.equal(await one.ask(token("a", pairs.a)), "no_keys", "a token that it remembered is over too");
  release(new Response());
  keys.state.answer = () => new Response(jwks("a"));
  await one.policy.reload?.();
  assert.equal(await one.ask(token("a", pairs.a)), "ok");
});

Deno.test("createJwt() ends a question that is under way when it is ended", async () => {
  const { promise: stall, resolve: release } = Promise.withResolvers<Response>();
  const { promise: asked, resolve: heard } = Promise.withResolvers<void>();
  await using keys = serveKeys(() => new Response(jwks("a")));
  const one = await policyFor(keys.url, { fetchTimeoutMs: 60_000 });
  keys.state.answer = () => {
    heard();
    return stall;
  };
  const reloading = assert.rejects(async () => await one.policy.reload?.());
  await asked;
  await one.policy[Symbol.asyncDispose]();
  await reloading;
  release(new Response());
});
