import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { createHeaderSignature, type HeaderSignatureOptions } from "../../../lib/spop/policies/header_signature.ts";
import { parseSignature, SCHEMES } from "../../../lib/spop/policies/header_signature/scheme.ts";
import { UnusableSecrets } from "../../../lib/spop/policies/header_signature/secrets.ts";
import { InvalidPolicy, type PolicyMessage } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, filesOf, headerBlock, verdictAtOnce } from "./recorder.ts";

const NOW_S = 1_492_774_577;
const SECRET = "It's a Secret to Everybody";

function mac(text: string, secret = SECRET, algorithm = "sha256") {
  return createHmac(algorithm, secret).update(text).digest();
}

function policyWith(options: Partial<HeaderSignatureOptions> = {}, now = NOW_S * 1000) {
  const secrets = options.secretsFile === undefined ? { secrets: [SECRET] } : {};
  return createHeaderSignature({ ...secrets, outside: { now: () => now }, ...options });
}

/** What HAProxy sends of a body that is whole. */
function withLength(args: PolicyMessage["args"]): PolicyMessage["args"] {
  const { body } = args;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { length: bytes instanceof Uint8Array ? String(bytes.length) : null, ...args };
}

/** `"ok"` or the error. */
async function verdict(options: Partial<HeaderSignatureOptions>, args: PolicyMessage["args"]): Promise<unknown> {
  await using policy = await policyWith(options);
  const { sig_valid, sig_error } = verdictAtOnce(policy, withLength(args));
  assert.equal(sig_valid, sig_error === undefined);
  return sig_error ?? "ok";
}

Deno.test("createHeaderSignature() knows the example of GitHub's documentation", async () => {
  const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  assert.equal(await verdict({}, { signature, body: "Hello, World!" }), "ok");
  assert.equal(await verdict({}, { signature, body: new TextEncoder().encode("Hello, World!") }), "ok");
  assert.equal(await verdict({}, { signature, body: "Hello, World?" }), "mismatch");
  assert.equal(await verdict({}, { signature }), "mismatch");
  assert.equal(await verdict({ secrets: ["other"] }, { signature, body: "Hello, World!" }), "mismatch");
  assert.equal(await verdict({ secrets: ["new", SECRET] }, { signature, body: "Hello, World!" }), "ok");
});

const BODY = '{"id":1}';
const HEX = mac(BODY).toString("hex");

/** Scheme, signature, what comes of it. */
const WRITTEN: readonly (readonly [Partial<HeaderSignatureOptions>, string | null, string])[] = [
  [{}, null, "missing"],
  [{}, "", "missing"],
  [{}, HEX, "malformed"],
  [{}, `sha1=${mac(BODY, SECRET, "sha1").toString("hex")}`, "malformed"],
  [{}, "sha256=", "malformed"],
  [{}, "sha256=zz", "malformed"],
  [{}, `sha256=${HEX}0`, "malformed"],
  [{}, `sha256=${HEX.slice(2)}`, "mismatch"],
  [{}, `sha256=${HEX}00`, "mismatch"],
  [{}, `sha256=${HEX.toUpperCase()}`, "ok"],
  [{}, "x".repeat(5000), "malformed"],
  [{ algorithm: "sha512" }, `sha512=${mac(BODY, SECRET, "sha512").toString("hex")}`, "ok"],
  [{ algorithm: "sha512" }, `sha256=${HEX}`, "malformed"],
  [{ scheme: "hex" }, HEX, "ok"],
  [{ scheme: "hex" }, ` ${HEX} `, "ok"],
  [{ scheme: "base64" }, mac(BODY).toString("base64"), "ok"],
  [{ scheme: "base64" }, mac(BODY).toString("base64url"), "ok"],
  [{ scheme: "base64" }, "%%", "malformed"],
];

for (const [options, signature, expected] of WRITTEN) {
  Deno.test(`createHeaderSignature() says "${expected}" to ${signature?.slice(0, 12)}… of ${options.scheme ?? "github"}`, async () => {
    assert.equal(await verdict(options, { signature, body: BODY }), expected);
  });
}

/** A header as Stripe writes it. */
function stripe(time: number | string, body = BODY, signedTime = time): string {
  return `t=${time},v1=${
    mac(`${signedTime}.${body}`).toString("hex")
  },v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`;
}

/** Header, what comes of it. */
const STRIPE: readonly (readonly [string, string])[] = [
  [stripe(NOW_S), "ok"],
  [stripe(NOW_S - 300), "ok"],
  [stripe(NOW_S - 301), "too_old"],
  [stripe(NOW_S + 300), "ok"],
  [stripe(NOW_S + 301), "in_future"],
  [stripe(NOW_S, BODY, NOW_S - 1), "mismatch"],
  [`t=${NOW_S},v1=${"0".repeat(64)},v1=${mac(`${NOW_S}.${BODY}`).toString("hex")}`, "ok"],
  [`t=${NOW_S},t=${NOW_S - 9999},v1=${HEX}`, "malformed"],
  [`v1=${HEX}`, "malformed"],
  [`t=${NOW_S}`, "malformed"],
  [`t=,v1=${HEX}`, "no_timestamp"],
  [`t=1e9,v1=${HEX}`, "no_timestamp"],
  [`t=${NOW_S}` + `,v1=${HEX}`.repeat(9), "malformed"],
];

for (const [signature, expected] of STRIPE) {
  Deno.test(`createHeaderSignature() says "${expected}" to ${signature.slice(0, 40)}… of stripe`, async () => {
    assert.equal(await verdict({ scheme: "stripe" }, { signature, body: BODY }), expected);
  });
}

Deno.test("createHeaderSignature() signs the parts that it is told, in their order", async () => {
  const options = {
    scheme: "hex",
    parts: ["timestamp", "method", "path", "query", "header:X-Tenant", "body"],
    timestampHeader: "x-time",
  } as const;
  const args = {
    timestamp: String(NOW_S),
    method: "POST",
    path: "/a",
    query: "b=c",
    headers: headerBlock([["x-tenant", "t1"], ["host", "h"], ["X-Tenant", "t2"]]),
    body: BODY,
  };
  const signature = mac(`${NOW_S}\nPOST\n/a\nb=c\nt1, t2\n${BODY}`).toString("hex");
  assert.equal(await verdict(options, { ...args, signature }), "ok");
  const changes = {
    timestamp: String(NOW_S + 1),
    method: "PUT",
    path: "/b",
    query: "",
    body: "",
    headers: headerBlock([]),
  };
  for (const [name, value] of Object.entries(changes)) {
    assert.equal(await verdict(options, { ...args, signature, [name]: value }), "mismatch", name);
  }
  assert.equal(await verdict(options, { ...args, signature, timestamp: null }), "no_timestamp");
  await using policy = await policyWith(options);
  assert.deepEqual(policy.message.args.map((one) => `${one.name}=${one.fetch}`), [
    "signature=req.fhdr(x-signature)",
    "timestamp=req.hdr(x-time)",
    "method=method",
    "path=path",
    "query=query",
    "body=req.body",
    "length=req.hdr(content-length)",
    "body_size=req.body_size",
    "headers=req.hdrs_bin",
  ]);
});

/** What HAProxy says of a signed body of 100 bytes, what comes of it. */
const LENGTHS: readonly (readonly [PolicyMessage["args"], string])[] = [
  [{ length: "100", body_size: 100 }, "ok"],
  [{ length: "100" }, "ok"],
  // More is to come, which nobody has signed: the signature over what is there proves nothing.
  [{ length: "150", body_size: 150 }, "body_truncated"],
  [{ length: "150" }, "body_truncated"],
  [{ length: "100", body_size: 150 }, "body_truncated"],
  [{ length: null, body_size: 150 }, "body_truncated"],
  [{ length: null, body_size: 100 }, "no_length"],
  [{ length: undefined }, "no_length"],
  [{ length: "100, 150" }, "body_truncated"],
];

for (const [said, expected] of LENGTHS) {
  Deno.test(`createHeaderSignature() says "${expected}" to 100 signed bytes of ${JSON.stringify(said)}`, async () => {
    const body = "x".repeat(100);
    const signature = `sha256=${mac(body).toString("hex")}`;
    assert.equal(await verdict({}, { signature, body, ...said }), expected);
  });
}

Deno.test("createHeaderSignature() tells a body that HAProxy has cut from one that was changed", async () => {
  const signature = `sha256=${mac("x".repeat(100)).toString("hex")}`;
  const body = "x".repeat(50);
  assert.equal(await verdict({}, { signature, body, length: "100", body_size: 100 }), "body_truncated");
  assert.equal(await verdict({}, { signature, body, length: "50", body_size: 50 }), "mismatch");
});

Deno.test("createHeaderSignature() wants no length of a request without a body", async () => {
  const signature = `sha256=${mac("").toString("hex")}`;
  assert.equal(await verdict({}, { signature, length: null, body_size: 0 }), "ok");
  assert.equal(await verdict({}, { signature, length: "9" }), "body_truncated");
});

Deno.test("createHeaderSignature() takes a signature once, however it is written", async () => {
  let now = NOW_S * 1000;
  await using policy = await policyWith({ onlyOnce: true, toleranceSeconds: 10, outside: { now: () => now } });
  const say = (signature: string) => verdictAtOnce(policy, withLength({ signature, body: BODY })).sig_error ?? "ok";
  assert.equal(say(`sha256=${"0".repeat(64)}`), "mismatch");
  assert.equal(say(`sha256=${HEX}`), "ok");
  assert.equal(say(`sha256=${HEX}`), "replayed");
  assert.equal(say(` sha256=${HEX.toUpperCase()}`), "replayed");
  now += 20_000;
  assert.equal(say(`sha256=${HEX}`), "ok");
});

Deno.test("createHeaderSignature() reads its secrets again, and keeps the old ones when it cannot", async () => {
  const files: Record<string, string> = { s: `${SECRET}\r\nother\n` };
  await using policy = await policyWith({ secretsFile: "s", outside: { read: filesOf(files) } });
  const say = (secret: string) =>
    verdictAtOnce(policy, withLength({ signature: `sha256=${mac(BODY, secret).toString("hex")}`, body: BODY }))
      .sig_error ?? "ok";
  assert.deepEqual([SECRET, "other", "next", ""].map(say), ["ok", "ok", "mismatch", "mismatch"]);
  files.s = "\n";
  await assert.rejects(async () => await policy.reload?.(), UnusableSecrets);
  delete files.s;
  await assert.rejects(async () => await policy.reload?.(), UnusableSecrets);
  assert.equal(say(SECRET), "ok");
  files.s = "next";
  await policy.reload?.();
  assert.deepEqual([SECRET, "next"].map(say), ["mismatch", "ok"]);
  assert.deepEqual(defaultOf(policy), { sig_valid: false, sig_error: "unavailable" });
});

/** Options that do not fit. */
const BAD: readonly (readonly [Partial<HeaderSignatureOptions>, RegExp])[] = [
  [{ secrets: [""] }, /option "secrets" has no secret/],
  [{ secrets: [SECRET], secretsFile: "f" }, /give one of "secrets" and "secretsFile"/],
  [{ parts: [] }, /option "parts" is none of/],
  [{ parts: ["cookie"] }, /"cookie" in option "parts"/],
  [{ parts: ["header:"] }, /"header:" in option "parts"/],
  [{ parts: ["timestamp"] }, /option "timestampHeader" is missing/],
  [{ timestampHeader: "x-time" }, /has no "timestamp"/],
  [{ header: "a b" }, /option "header"/],
];

for (const [options, why] of BAD) {
  Deno.test(`createHeaderSignature() says ${why}`, async () => {
    await assert.rejects(policyWith(options), (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  });
}

Deno.test("parseSignature() never throws, and nothing made up is a signature", async () => {
  const schemes = ["github", "stripe", "hex", "base64"] as const;
  assert.deepEqual(Object.keys(SCHEMES).sort(), [...schemes].sort());
  const policies = await Promise.all(schemes.map((scheme) => policyWith({ scheme })));
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^(sha256=|t=\d{10},v1=)?[0-9a-f=,]*$/));
  fc.assert(fc.property(text, (signature) => {
    for (const scheme of schemes) parseSignature(scheme, signature, "sha256");
    for (const policy of policies) {
      assert.equal(verdictAtOnce(policy, withLength({ signature, body: BODY })).sig_valid, false);
    }
  }));
});
