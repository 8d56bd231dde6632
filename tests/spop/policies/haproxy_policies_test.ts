/** Policies behind real HAProxy of every version there is, with the configuration that is generated for them. */

import assert from "node:assert/strict";
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { Buffer } from "node:buffer";
import { formatAddress } from "../../../lib/net/mod.ts";
import { Agent } from "../../../lib/spop/mod.ts";
import { createBasicAuth } from "../../../lib/spop/policies/basic_auth.ts";
import { createForwardAuth } from "../../../lib/spop/policies/forward_auth.ts";
import { createHeaderSignature } from "../../../lib/spop/policies/header_signature.ts";
import { createJwt } from "../../../lib/spop/policies/jwt.ts";
import { createMirror } from "../../../lib/spop/policies/mirror.ts";
import type { Policy } from "../../../lib/spop/policies/policy.ts";
import { generateSpoeConfig } from "../../../lib/spop/spoe_conf/mod.ts";
import { type RunningHaproxy, startHaproxy } from "../../../scripts/haproxy/launch.ts";
import { availableVersions, type HaproxyBuild } from "../../../scripts/haproxy/versions.ts";
import { filesOf } from "./recorder.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

/** Registers a test for each HAProxy: the policy behind it, and behind its rules a frontend that says yes and shows variables. */
function testPolicy(
  name: string,
  make: () => Promise<Policy>,
  shown: readonly string[],
  test: (url: string, haproxy: RunningHaproxy) => Promise<void>,
): void {
  for (const build of present) {
    Deno.test(`${name} [HAProxy ${build.version}]`, async () => {
      await using policy = await make();
      const agent = new Agent().on(policy.message.name, (message, actions) => policy.decide(message, actions), {
        defaultVerdict: (actions) => policy.defaults(actions),
      });
      await using listener = await agent.listen("127.0.0.1:0");
      await using haproxy = await haproxyFor(build, policy, formatAddress(listener.address), shown);
      await test(`http://127.0.0.1:${haproxy.port("web")}/path?query`, haproxy);
    });
  }
}

async function haproxyFor(build: HaproxyBuild, policy: Policy, address: string, shown: readonly string[]) {
  const made = generateSpoeConfig({
    policies: [policy],
    haproxy: build.release,
    address,
    file: "FILE",
    processingMs: 5000,
  });
  const headers = shown.map((name) => `hdr x-${name.replaceAll("_", "-")} "%[var(txn.happi.${name})]"`).join(" ");
  return await startHaproxy(build, {
    files: { "spoe.conf": made.spoe },
    config: (context) =>
      `defaults
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend web
  mode http
  bind 127.0.0.1:${context.port("web")}
${made.frontend.replace("FILE", context.file("spoe.conf"))}
  http-request return status 200 ${headers}
${made.backend}`,
  });
}

/** Asks, and gives the status and headers. */
async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response;
}

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });

function token(sub: string, exp: number): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "ES256" })}.${encode({ sub, exp })}`;
  const key = { key: pair.privateKey, dsaEncoding: "ieee-p1363" as const };
  return `${signed}.${createSign("sha256").update(signed).sign(key).toString("base64url")}`;
}

testPolicy(
  "jwt lets in who has a token, and hands on its claims",
  () =>
    createJwt({
      keyFile: "key",
      outside: { read: filesOf({ key: pair.publicKey.export({ type: "spki", format: "pem" }).toString() }) },
    }),
  ["jwt_sub"],
  async (url) => {
    const withToken = (text: string) => ask(url, { headers: { authorization: `Bearer ${text}` } });
    for (let time = 0; time < 2; time++) {
      const response = await withToken(token("ann", 9_999_999_999));
      assert.deepEqual([response.status, response.headers.get("x-jwt-sub")], [200, "ann"]);
    }
    assert.equal((await withToken(token("ann", 1))).status, 401);
    assert.equal((await withToken("a.b.c")).status, 401);
    assert.equal((await ask(url)).status, 401);
  },
);

testPolicy(
  "basic_auth has the browser ask for a password",
  () =>
    createBasicAuth({
      usersFile: "users",
      outside: { read: filesOf({ users: "ann:$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.\n" }) },
    }),
  ["auth_user"],
  async (url) => {
    const withPassword = (text: string) => ask(url, { headers: { authorization: `Basic ${btoa(text)}` } });
    const response = await withPassword("ann:secret");
    assert.deepEqual([response.status, response.headers.get("x-auth-user")], [200, "ann"]);
    const refused = await withPassword("ann:wrong");
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get("www-authenticate") ?? "", /^Basic realm="happi"/);
    assert.equal((await ask(url)).status, 401);
  },
);

/** What the service of `forward_auth` was told last. */
let told: Headers | undefined;

testPolicy(
  "forward_auth asks the service and follows its answer",
  () =>
    createForwardAuth({
      url: "http://auth.example/",
      responseHeaders: { auth_user: "x-user" },
      outside: {
        fetch: (_url, init) => {
          told = new Headers(init.headers);
          const who = told.get("cookie");
          if (who === null) return Promise.resolve(Response.redirect("https://login.example/", 302));
          return Promise.resolve(new Response(null, { status: who === "ann" ? 200 : 403, headers: { "x-user": who } }));
        },
      },
    }),
  ["auth_user", "auth_status"],
  async (url) => {
    const response = await ask(url, { method: "PUT", headers: { cookie: "ann", "x-big": "x".repeat(8000) } });
    const { headers } = response;
    assert.deepEqual([response.status, headers.get("x-auth-user"), headers.get("x-auth-status")], [200, "ann", "200"]);
    const { host } = new URL(url);
    assert.deepEqual(["method", "uri", "host", "for"].map((name) => told?.get(`x-forwarded-${name}`)), [
      "PUT",
      "/path?query",
      host,
      "127.0.0.1",
    ]);
    assert.equal((await ask(url, { headers: { cookie: "eve" } })).status, 401);
    const redirected = await ask(url);
    assert.deepEqual([redirected.status, redirected.headers.get("location")], [302, "https://login.example/"]);
  },
);

testPolicy(
  "header_signature verifies the body of a webhook, and lets none pass that HAProxy's buffer cannot hold",
  () => createHeaderSignature({ secrets: ["secret"] }),
  ["sig_error"],
  async (url) => {
    const send = (body: string, signed = body) =>
      ask(url, {
        method: "POST",
        body,
        headers: { "x-hub-signature-256": `sha256=${createHmac("sha256", "secret").update(signed).digest("hex")}` },
      });
    assert.equal((await send('{"a":"\u00e4"}')).status, 200);
    assert.equal((await send("x".repeat(10_000))).status, 200);
    assert.equal((await send("")).status, 200);
    assert.equal((await send("changed", "original")).status, 403);
    // HAProxy has only the beginning of it: there is no verdict, or one on half a body.
    assert.equal((await send("x".repeat(40_000))).status, 403);
    assert.equal((await ask(url, { method: "POST", body: "x" })).status, 403);
  },
);

/** The copies that `mirror` has sent. */
const copies: { readonly url: string; readonly headers: Headers; readonly body: string }[] = [];
let wake = () => {};

testPolicy(
  "mirror sends a copy with its headers and its body",
  () =>
    createMirror({
      url: "http://shadow.example/copy",
      withBody: true,
      outside: {
        fetch: async (url, init) => {
          const { headers } = new Request(url, { headers: init.headers ?? {} });
          copies.push({ url, headers, body: await new Response(init.body).text() });
          wake();
          return new Response();
        },
      },
    }),
  [],
  async (url) => {
    copies.length = 0;
    const arrived = new Promise<void>((resolve) => wake = resolve);
    assert.equal((await ask(url, { method: "POST", body: "hello", headers: { "x-a": "b" } })).status, 200);
    await arrived;
    const [copy] = copies;
    assert.deepEqual([copy?.url, copy?.body], ["http://shadow.example/copy/path?query", "hello"]);
    assert.deepEqual(["x-a", "x-forwarded-for", "content-length"].map((name) => copy?.headers.get(name)), [
      "b",
      "127.0.0.1",
      null,
    ]);
  },
);
