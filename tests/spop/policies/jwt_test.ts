import assert from "node:assert/strict";
import { constants, createSign, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { createJwt, type JwtOptions } from "../../../lib/spop/policies/jwt.ts";
import { claimValue } from "../../../lib/spop/policies/jwt/claims.ts";
import { keysFromJwks, UnusableKeys } from "../../../lib/spop/policies/jwt/keys.ts";
import { parseToken } from "../../../lib/spop/policies/jwt/token.ts";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, filesOf, verdictAtOnce, verdictOf } from "./recorder.ts";

const NOW_S = 1_700_000_000;
const SECRET = "0123456789abcdef0123456789abcdef";
const CLAIMS = { sub: "ann", exp: NOW_S + 600 };

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ec = {
  256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  521: generateKeyPairSync("ec", { namedCurve: "P-521" }),
};
const ed = generateKeyPairSync("ed25519", {});

function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** A token signed by a function. */
async function token(
  header: Record<string, unknown>,
  claims: unknown,
  sign: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>,
): Promise<string> {
  const signed = `${encode({ typ: "JWT", ...header })}.${encode(claims)}`;
  return `${signed}.${Buffer.from(await sign(new TextEncoder().encode(signed))).toString("base64url")}`;
}

function hs(bits: 256 | 384 | 512, secret: string | Uint8Array<ArrayBuffer> = SECRET) {
  return async (bytes: Uint8Array<ArrayBuffer>) => {
    const raw = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: `SHA-${bits}` }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  };
}

function rs(bits: number, key: KeyObject = rsa.privateKey) {
  return (bytes: Uint8Array) => createSign(`sha${bits}`).update(bytes).sign(key);
}

function ps(bits: number) {
  return (bytes: Uint8Array) =>
    signWith(`sha${bits}`, bytes, {
      key: rsa.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: bits / 8,
    });
}

function es(bits: number, key: KeyObject) {
  return (bytes: Uint8Array) => signWith(`sha${bits}`, bytes, { key, dsaEncoding: "ieee-p1363" });
}

const eddsa = (bytes: Uint8Array) => signWith(null, bytes, ed.privateKey);

function jwk(key: KeyObject, more: Record<string, unknown> = {}) {
  return { ...key.export({ format: "jwk" }), ...more };
}

const SECRET_JWK = { kty: "oct", k: Buffer.from(SECRET.repeat(2)).toString("base64url") };
const ALL_KEYS = JSON.stringify({
  keys: [
    { ...SECRET_JWK, kid: "h" },
    jwk(rsa.publicKey, { kid: "r", use: "sig" }),
    ...Object.entries(ec).map(([size, pair]) => jwk(pair.publicKey, { kid: `e${size}` })),
    jwk(ed.publicKey, { kid: "d", alg: "EdDSA" }),
    { kty: "unknown", kid: "x" },
    jwk(otherRsa.publicKey, { kid: "enc", use: "enc" }),
  ],
});

function policyWith(options: Partial<JwtOptions>, files: Record<string, string> = {}) {
  return createJwt({ outside: { now: () => NOW_S * 1000, read: filesOf(files) }, ...options });
}

/** What a token's verdict is: `"ok"` or the error. */
async function verdict(options: Partial<JwtOptions>, text: string, files?: Record<string, string>): Promise<unknown> {
  await using policy = await policyWith(options, files);
  const { jwt_valid, jwt_error } = await verdictOf(policy, { authorization: `Bearer ${text}` });
  assert.equal(jwt_valid, jwt_error === undefined);
  return jwt_error ?? "ok";
}

const ALGORITHMS = [
  ["HS256", "h", hs(256, SECRET.repeat(2))],
  ["HS384", "h", hs(384, SECRET.repeat(2))],
  ["HS512", "h", hs(512, SECRET.repeat(2))],
  ["RS256", "r", rs(256)],
  ["RS384", "r", rs(384)],
  ["RS512", "r", rs(512)],
  ["PS256", "r", ps(256)],
  ["PS384", "r", ps(384)],
  ["PS512", "r", ps(512)],
  ["ES256", "e256", es(256, ec[256].privateKey)],
  ["ES384", "e384", es(384, ec[384].privateKey)],
  ["ES512", "e521", es(512, ec[521].privateKey)],
  ["EdDSA", "d", eddsa],
] as const;

for (const [alg, kid, sign] of ALGORITHMS) {
  Deno.test(`createJwt() verifies ${alg}, and nothing that was changed`, async () => {
    await using policy = await policyWith({ jwksFile: "keys" }, { keys: ALL_KEYS });
    const good = await token({ alg, kid }, CLAIMS, sign);
    const { jwt_valid, jwt_sub } = await verdictOf(policy, { token: good });
    assert.deepEqual([jwt_valid, jwt_sub], [true, "ann"]);
    const [head = "", , tail = ""] = good.split(".");
    const bodyChanged = `${head}.${encode({ ...CLAIMS, sub: "eve" })}.${tail}`;
    const first = tail.startsWith("A") ? "B" : "A";
    const signatureChanged = `${good.slice(0, -tail.length)}${first}${tail.slice(1)}`;
    for (const bad of [bodyChanged, signatureChanged, `${head}.${good.split(".")[1]}.`]) {
      const answer = await verdictOf(policy, { token: bad });
      assert.deepEqual(answer, { jwt_valid: false, jwt_error: "signature", jwt_sub: undefined });
    }
  });
}

Deno.test("createJwt() takes a key for what it is, never for what a token says", async () => {
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
  const files = { pem, jwks: JSON.stringify({ keys: [jwk(rsa.publicKey, { kid: "r" })] }) };
  const attacks: [string, string, string][] = [
    ["none, without signature", `${encode({ alg: "none" })}.${encode(CLAIMS)}.`, "algorithm"],
    ["None", `${encode({ alg: "None" })}.${encode(CLAIMS)}.AAAA`, "algorithm"],
    ["HS256 with the PEM file as secret", await token({ alg: "HS256" }, CLAIMS, hs(256, pem)), "algorithm"],
    ["HS256 with the trimmed PEM as secret", await token({ alg: "HS256" }, CLAIMS, hs(256, pem.trim())), "algorithm"],
    ["HS256 with an empty secret", await token({ alg: "HS256" }, CLAIMS, hs(256, new Uint8Array(1))), "algorithm"],
    ["an algorithm of another key", await token({ alg: "ES256" }, CLAIMS, es(256, ec[256].privateKey)), "algorithm"],
    [
      "a key of its own in the header",
      await token({ alg: "RS256", jwk: jwk(otherRsa.publicKey) }, CLAIMS, rs(256, otherRsa.privateKey)),
      "signature",
    ],
    [
      "a URL of its own in the header",
      await token({ alg: "RS256", jku: "https://evil/" }, CLAIMS, rs(256, otherRsa.privateKey)),
      "signature",
    ],
    ["an unknown algorithm", await token({ alg: "XX256" }, CLAIMS, rs(256)), "algorithm"],
    ["__proto__ as algorithm", await token({ alg: "__proto__" }, CLAIMS, rs(256)), "algorithm"],
    ["critical extensions", await token({ alg: "RS256", crit: ["exp"], exp: 1 }, CLAIMS, rs(256)), "critical"],
    ["empty critical extensions", await token({ alg: "RS256", crit: [] }, CLAIMS, rs(256)), "critical"],
    ["no algorithm", await token({}, CLAIMS, rs(256)), "malformed"],
    ["an algorithm that is no text", await token({ alg: ["RS256"] }, CLAIMS, rs(256)), "malformed"],
    ["a kid that is no text", await token({ alg: "RS256", kid: 1 }, CLAIMS, rs(256)), "malformed"],
    ["a payload that is no object", await token({ alg: "RS256" }, ["exp"], rs(256)), "malformed"],
    ["a payload that is no JSON", await token({ alg: "RS256" }, "{", rs(256)), "malformed"],
    ["four parts", (await token({ alg: "RS256" }, CLAIMS, rs(256))) + ".x", "malformed"],
    ["padding", (await token({ alg: "RS256" }, CLAIMS, rs(256))) + "=", "malformed"],
  ];
  for (const [name, text, expected] of attacks) {
    assert.equal(await verdict({ keyFile: "pem" }, text, files), expected, name);
    assert.equal(await verdict({ jwksFile: "jwks" }, text, files), expected, `${name}, JWKS`);
  }
  // The key's name is no way around either.
  const otherName = await token({ alg: "HS256", kid: "r" }, CLAIMS, hs(256, pem));
  assert.equal(await verdict({ jwksFile: "jwks" }, otherName, files), "algorithm");
  assert.equal(
    await verdict({ jwksFile: "jwks" }, await token({ alg: "RS256", kid: "r" }, CLAIMS, rs(256)), files),
    "ok",
  );
});

Deno.test("createJwt() narrows the algorithms where it is told to", async () => {
  const text = await token({ alg: "RS256" }, CLAIMS, rs(256));
  const files = {
    jwks: JSON.stringify({ keys: [jwk(rsa.publicKey)] }),
    ps: JSON.stringify({ keys: [jwk(rsa.publicKey, { alg: "PS256" })] }),
  };
  assert.equal(await verdict({ jwksFile: "jwks", algorithms: ["RS256"] }, text, files), "ok");
  assert.equal(await verdict({ jwksFile: "jwks", algorithms: ["PS256"] }, text, files), "algorithm");
  assert.equal(await verdict({ jwksFile: "ps" }, text, files), "algorithm");
});

/** Claims, options, and what comes of it. */
const CLAIM_CASES: readonly [string, Record<string, unknown>, Partial<JwtOptions>, string][] = [
  ["at its end, within the leeway", { exp: NOW_S - 29 }, {}, "ok"],
  ["after its end", { exp: NOW_S - 30 }, {}, "expired"],
  ["without an end", { exp: undefined }, {}, "expired"],
  ["without an end that need not be", { exp: undefined }, { requireExp: false }, "ok"],
  ["whose end is text", { exp: "9999999999" }, {}, "malformed"],
  ["whose end is negative", { exp: -1 }, {}, "malformed"],
  ["before its time", { nbf: NOW_S + 31 }, {}, "not_yet_valid"],
  ["before its time, within the leeway", { nbf: NOW_S + 30 }, {}, "ok"],
  ["of the future", { iat: NOW_S + 31 }, {}, "issued_in_future"],
  ["too old", { iat: NOW_S - 131 }, { maxAgeSeconds: 100 }, "expired"],
  ["not too old", { iat: NOW_S - 130 }, { maxAgeSeconds: 100 }, "ok"],
  ["of an unknown age", {}, { maxAgeSeconds: 100 }, "expired"],
  ["of another issuer", { iss: "b" }, { issuers: ["a"] }, "issuer"],
  ["of no issuer", {}, { issuers: ["a"] }, "issuer"],
  ["of one of the issuers", { iss: "b" }, { issuers: ["a", "b"] }, "ok"],
  ["for somebody else", { aud: "bank" }, { audiences: ["shop"] }, "audience"],
  ["for nobody", {}, { audiences: ["shop"] }, "audience"],
  ["for several", { aud: ["bank", "shop"] }, { audiences: ["shop"] }, "ok"],
  ["for a list of lists", { aud: [["shop"]] }, { audiences: ["shop"] }, "audience"],
  ["for an object", { aud: { shop: 1 } }, { audiences: ["shop"] }, "audience"],
];

for (const [name, claims, options, expected] of CLAIM_CASES) {
  Deno.test(`createJwt() says "${expected}" to a token ${name}`, async () => {
    const text = await token({ alg: "HS256" }, { ...CLAIMS, ...claims }, hs(256));
    assert.equal(await verdict({ secret: SECRET, ...options }, text), expected);
  });
}

Deno.test("createJwt() hands claims over as variables, and unsets those that are not there", async () => {
  const claims = {
    ...CLAIMS,
    n: 5,
    ok: true,
    big: 1.5,
    realm: { roles: ["a", "b"] },
    "https://x.y/z": "u",
    nothing: null,
    o: { a: 1 },
  };
  const text = await token({ alg: "HS256" }, claims, hs(256));
  await using policy = await policyWith({
    secret: SECRET,
    claims: {
      n: "n",
      ok: "ok",
      big: "big",
      roles: "realm.roles",
      url: "https://x.y/z",
      nothing: "nothing",
      o: "o",
      proto: "__proto__",
      constructed: "constructor.name",
    },
  });
  assert.deepEqual(await verdictOf(policy, { token: text }), {
    jwt_valid: true,
    jwt_error: undefined,
    n: 5,
    ok: true,
    big: "1.5",
    roles: "a,b",
    url: "u",
    nothing: undefined,
    o: '{"a":1}',
    proto: undefined,
    constructed: undefined,
  });
  const declared = policy.sets.map((one) => one.name).sort();
  assert.deepEqual(declared, Object.keys(await verdictOf(policy, {})).sort());
});

Deno.test("createJwt() answers at once what needs no verification", async () => {
  await using policy = await policyWith({ secret: SECRET, maxTokenBytes: 1000 });
  const say = (args: Record<string, string | null>) => verdictAtOnce(policy, args).jwt_error;
  assert.equal(say({}), "missing");
  assert.equal(say({ authorization: null, token: "" }), "missing");
  assert.equal(say({ authorization: "Basic YTpi" }), "missing");
  assert.equal(say({ authorization: "Bearer" }), "missing");
  assert.equal(say({ token: "x".repeat(1001) }), "too_large");
  assert.equal(say({ authorization: `Bearer ${"x".repeat(100_000)}` }), "too_large");
  assert.deepEqual(defaultOf(policy), { jwt_valid: false, jwt_error: "unavailable", jwt_sub: undefined });
});

Deno.test("createJwt() remembers a good token until it ends", async () => {
  let now = NOW_S * 1000;
  await using policy = await createJwt({ secret: SECRET, outside: { now: () => now } });
  const text = await token({ alg: "HS256" }, CLAIMS, hs(256));
  const args = { authorization: `bearer   ${text} ` };
  assert.equal((await verdictOf(policy, args)).jwt_valid, true);
  assert.deepEqual(verdictAtOnce(policy, args), { jwt_valid: true, jwt_error: undefined, jwt_sub: "ann" });
  now = (CLAIMS.exp + 30) * 1000 - 1;
  assert.equal(verdictAtOnce(policy, args).jwt_valid, true);
  now += 1;
  assert.equal((await verdictOf(policy, args)).jwt_error, "expired");
  assert.equal(policy.stats?.().cache_hits, 2);
});

Deno.test("createJwt() remembers no more tokens than it is told", async () => {
  await using policy = await policyWith({ secret: SECRET, cacheSize: 3 });
  for (let number = 0; number < 10; number++) {
    const text = await token({ alg: "HS256" }, { ...CLAIMS, number }, hs(256));
    assert.equal((await verdictOf(policy, { token: text })).jwt_valid, true);
  }
  assert.equal(policy.stats?.().cached, 3);
});

Deno.test("createJwt() forgets tokens when their key goes, and keeps its keys when the new file is bad", async () => {
  const files: Record<string, string> = { jwks: JSON.stringify({ keys: [jwk(rsa.publicKey, { kid: "r" })] }) };
  await using policy = await policyWith({ jwksFile: "jwks" }, files);
  const text = await token({ alg: "RS256", kid: "r" }, CLAIMS, rs(256));
  assert.equal((await verdictOf(policy, { token: text })).jwt_valid, true);
  files.jwks = "{";
  await assert.rejects(async () => await policy.reload?.(), UnusableKeys);
  assert.equal(verdictAtOnce(policy, { token: text }).jwt_valid, true);
  delete files.jwks;
  await assert.rejects(async () => await policy.reload?.(), /Cannot use the keys of "jwks": there is no "jwks"/);
  files.jwks = JSON.stringify({ keys: [jwk(otherRsa.publicKey, { kid: "s" })] });
  await policy.reload?.();
  assert.equal((await verdictOf(policy, { token: text })).jwt_error, "unknown_key");
});

/** Files of keys that cannot be used. */
const BAD_KEYS: readonly (readonly [string, Partial<JwtOptions>, string, RegExp])[] = [
  ["no JSON", { jwksFile: "f" }, "keys", /it is no JSON/],
  ["no list", { jwksFile: "f" }, "{}", /it has no list "keys"/],
  ["an empty list", { jwksFile: "f" }, '{"keys":[]}', /none of them can verify/],
  [
    "keys for encryption",
    { jwksFile: "f" },
    JSON.stringify({ keys: [jwk(rsa.publicKey, { use: "enc" })] }),
    /none of them/,
  ],
  ["a short RSA key", { jwksFile: "f" }, JSON.stringify({ keys: [jwk(shortRsa.publicKey)] }), /none of them/],
  [
    "a point that is on no curve",
    { jwksFile: "f" },
    JSON.stringify({ keys: [jwk(ec[256].publicKey, { x: "AAAA" })] }),
    /Cannot use the keys of "f"/,
  ],
  ["a short secret", { jwksFile: "f" }, JSON.stringify({ keys: [{ kty: "oct", k: "c2hvcnQ" }] }), /none of them/],
  ["too many keys", { jwksFile: "f" }, JSON.stringify({ keys: Array(257).fill({}) }), /257 keys/],
  ["no PEM", { keyFile: "f" }, "hello", /no PUBLIC KEY and no CERTIFICATE/],
  [
    "a private key",
    { keyFile: "f" },
    rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    /no PUBLIC KEY/,
  ],
  [
    "a PEM of nonsense",
    { keyFile: "f" },
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    /Cannot use the keys/,
  ],
  [
    "a short RSA key in PEM",
    { keyFile: "f" },
    shortRsa.publicKey.export({ type: "spki", format: "pem" }).toString(),
    /of a kind/,
  ],
  ["a short secret in a file", { secretFile: "f" }, "short\n", /5 bytes and HS256 needs 32/],
  ["a secret that is no base64", { secretFile: "f", secretEncoding: "base64" }, "%%%", /not written in base64/],
];

for (const [name, options, content, why] of BAD_KEYS) {
  Deno.test(`createJwt() refuses ${name}`, async () => {
    await assert.rejects(
      policyWith(options, { f: content }),
      (thrown) => thrown instanceof UnusableKeys && why.test(thrown.message),
    );
  });
}

Deno.test("createJwt() reads PEM keys, certificates and secrets in every writing", async () => {
  const certificate = await Deno.readTextFile(new URL("../../../scripts/haproxy/test_only.pem", import.meta.url));
  const pems = [rsa, ec[256], ec[521], ed].map((pair) =>
    pair.publicKey.export({ type: "spki", format: "pem" }).toString()
  );
  await using several = await policyWith({ keyFile: "f" }, { f: certificate + pems.join("") });
  assert.equal(several.stats?.().keys, 5);
  assert.equal((await verdictOf(several, { token: await token({ alg: "EdDSA" }, CLAIMS, eddsa) })).jwt_valid, true);
  const text = await token({ alg: "HS256" }, CLAIMS, hs(256));
  for (const secretEncoding of ["utf8", "base64", "base64url", "hex"] as const) {
    const written = Buffer.from(SECRET).toString(secretEncoding);
    assert.equal(await verdict({ secretFile: "f", secretEncoding }, text, { f: `${written}\n` }), "ok", secretEncoding);
  }
});

/** Options that do not fit. */
const BAD_OPTIONS: readonly [Partial<JwtOptions>, RegExp][] = [
  [{}, /it has no keys; give one of "jwksUrl"/],
  [{ secret: SECRET, keyFile: "f" }, /options "keyFile" and "secret" exclude each other/],
  [{ jwksUrl: "http://keys.example/jwks" }, /must begin with https/],
  [{ jwksUrl: "file:///etc/keys" }, /must begin with https/],
  [{ jwksUrl: "http://127.0.0.1.evil.example/" }, /must begin with https/],
  [{ secret: SECRET, algorithms: ["none"] }, /option "algorithms"/],
  [{ secret: SECRET, audiences: [] }, /option "audiences"/],
  [{ secret: SECRET, claims: { jwt_valid: "sub" } }, /"jwt_valid" in option "claims"/],
  [{ secret: SECRET, claims: { "a-b": "sub" } }, /"a-b" in option "claims"/],
  [{ secret: SECRET, leewaySeconds: -1 }, /option "leewaySeconds"/],
];

for (const [options, why] of BAD_OPTIONS) {
  Deno.test(`createJwt() says ${why}`, async () => {
    await assert.rejects(policyWith(options), (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  });
}

Deno.test("parseToken() never throws, and createJwt() lets nothing in, whatever the text", async () => {
  await using policy = await policyWith({ secret: SECRET });
  const part = fc.oneof(fc.base64String(), fc.json().map(encode), fc.string({ unit: "binary" }));
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.tuple(part, part, part).map((parts) => parts.join(".")));
  await fc.assert(fc.asyncProperty(text, async (text) => {
    parseToken(text);
    assert.equal((await verdictOf(policy, { token: text, authorization: text })).jwt_valid, false);
  }));
});

Deno.test("claimValue() joins no texts of which one would look like two", () => {
  assert.equal(claimValue({ roles: ["staff", "user,admin"] }, "roles"), '["staff","user,admin"]');
  assert.equal(claimValue({ roles: ["staff", "user"] }, "roles"), "staff,user");
});

Deno.test("keysFromJwks() goes by the size of the key itself, whatever other members there are", async () => {
  const [n, k] = [64, 256].map((length) => Buffer.alloc(length, 0xd1).toString("base64url"));
  await assert.rejects(
    keysFromJwks(JSON.stringify({ keys: [{ kty: "RSA", e: "AQAB", n, k }] }), "f", true),
    UnusableKeys,
  );
});

Deno.test("createJwt() verifies none of several tokens: a server may go by another than the last", async () => {
  await using policy = await policyWith({ secret: SECRET });
  const authorization = `Bearer ${await token({ alg: "HS256" }, CLAIMS, hs(256))}`;
  const error = async (more: Record<string, number | null>) =>
    (await verdictOf(policy, { authorization, ...more })).jwt_error;
  assert.equal(await error({ authorizations: 1, tokens: 0 }), undefined);
  assert.equal(await error({ authorizations: null }), undefined);
  assert.equal(await error({ authorizations: 2 }), "ambiguous");
  assert.equal(await error({ tokens: 2 }), "ambiguous");
});
