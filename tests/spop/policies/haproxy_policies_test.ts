/** Policies behind real HAProxy of every version there is, with the configuration that is generated for them. */

import assert from "node:assert/strict";
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { Buffer } from "node:buffer";
import { createBasicAuth } from "../../../lib/spop/policies/basic_auth.ts";
import { createForwardAuth } from "../../../lib/spop/policies/forward_auth.ts";
import { createHeaderSignature } from "../../../lib/spop/policies/header_signature.ts";
import { createJwt } from "../../../lib/spop/policies/jwt.ts";
import { createMirror } from "../../../lib/spop/policies/mirror.ts";
import type { Policy } from "../../../lib/spop/policies/policy.ts";
import { availableVersions } from "../../../scripts/haproxy/versions.ts";
import { ask, askRaw, startFrontend } from "./haproxy_frontend.ts";
import { filesOf } from "./recorder.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

/** Registers a test for each HAProxy: the policy behind it, and behind its rules a frontend that says yes and shows variables. */
function testPolicy(
  name: string,
  make: () => Promise<Policy>,
  shown: readonly string[],
  test: (url: string, port: number) => Promise<void>,
): void {
  for (const build of present) {
    Deno.test(`${name} [HAProxy ${build.version}]`, async () => {
      await using policy = await make();
      await using frontend = await startFrontend(build, [policy], { shown });
      await test(frontend.url, frontend.port);
    });
  }
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
  async (url, port) => {
    const withToken = (text: string) => ask(url, { headers: { authorization: `Bearer ${text}` } });
    for (let time = 0; time < 2; time++) {
      const response = await withToken(token("ann", 9_999_999_999));
      assert.deepEqual([response.status, response.headers.get("x-jwt-sub")], [200, "ann"]);
    }
    assert.equal((await withToken(token("ann", 1))).status, 401);
    assert.equal((await withToken("a.b.c")).status, 401);
    assert.equal((await ask(url)).status, 401);
    // A server would go by the first, HAProxy gives the last: neither is to be trusted.
    const forged = "authorization: Bearer e30.e30.e30";
    const good = `authorization: Bearer ${token("ann", 9_999_999_999)}`;
    for (
      const lines of [[forged, good], [good, forged], [`${forged}, ${good.slice(15)}`], ["cookie: token=a; token=b"]]
    ) {
      const request = ["GET / HTTP/1.1", "host: a", "connection: close", ...lines, "", ""].join("\r\n");
      assert.equal(await askRaw(port, request), 401, lines.join());
    }
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

/** How much of a body the policy was given last. */
let given = 0;

testPolicy(
  "header_signature lets none pass with more behind the signed body, however the buffer is filled",
  async () => {
    const policy = await createHeaderSignature({ secrets: ["secret"] });
    const decide: Policy["decide"] = (message, actions) => {
      given = message.args.body instanceof Uint8Array ? message.args.body.length : 0;
      return policy.decide(message, actions);
    };
    return { ...policyFace(policy), decide };
  },
  ["sig_error"],
  async (_url, port) => {
    const body = "x".repeat(2000);
    const signature = `sha256=${createHmac("sha256", "secret").update(body).digest("hex")}`;
    const request = (padding: number, length: string, sent: string) => {
      const pads = Array.from(
        { length: 13 },
        (_, index) => `x-pad-${index}: ${"p".repeat(padding / 13 + (index === 0 ? padding % 13 : 0))}`,
      );
      const lines = [
        "POST / HTTP/1.1",
        "host: a",
        "connection: close",
        `x-hub-signature-256: ${signature}`,
        ...pads,
        length,
      ];
      return askRaw(port, `${lines.join("\r\n")}\r\n\r\n${sent}`);
    };
    const more = body + "y".repeat(3000);
    assert.equal(await request(12_000, "content-length: 5000", more), 403);
    assert.ok(given > body.length && given < more.length, `HAProxy's buffer has room for ${given} bytes of the body`);
    // So many bytes of headers more leave room for the signed bytes, and for no other.
    assert.equal(await request(12_000 + given - body.length, "content-length: 5000", more), 403);
    assert.equal(given, body.length);
    assert.equal(await request(0, "content-length: 2000", body), 200);
    // How much is to come in chunks nobody knows.
    assert.equal(await request(0, "transfer-encoding: chunked", `7d0\r\n${body}\r\n0\r\n\r\n`), 403);
  },
);

/** A policy's members, which an object made of it would not have. */
function policyFace(policy: Policy): Policy {
  const { name, kind, message, sets } = policy;
  return {
    name,
    kind,
    message,
    sets,
    decide: (asked, actions) => policy.decide(asked, actions),
    defaults: (actions) => policy.defaults(actions),
    [Symbol.asyncDispose]: () => policy[Symbol.asyncDispose](),
  };
}

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
