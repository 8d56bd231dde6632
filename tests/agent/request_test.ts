/** What requests ask for. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRequest, type Request, type Vocabulary } from "../../lib/agent/request.ts";
import { anyText } from "./arbitrary.ts";

const KINDS = new Map(Object.entries({
  v1: { isOnWire: true, wireFields: ["url", "numBlocks", "host"], options: { url: "", numBlocks: "", host: "" } },
  http: { isOnWire: true, wireFields: ["url"], options: { url: "", status: "", bodyMatches: "" } },
  load: { isOnWire: true, wireFields: [], options: { curve: "" } },
  command: { isOnWire: false, wireFields: ["command"], options: {} },
}));
const VOCABULARY: Vocabulary = {
  isConfigured: (name) => ["web", "10.0.0.9:80", "v1"].includes(name),
  kind: (name) => KINDS.get(name),
};

const V1 = { form: "check", dialect: "pipe", kind: "v1" } as const;
const HTTP = { form: "check", dialect: "pipe", kind: "http" } as const;
const colon = (kind: string, url: string, more = {}) =>
  ({ form: "check", dialect: "colon", kind, options: { url, arithmetic: "0.2.0", ...more } }) as const;

const UNDERSTOOD: readonly (readonly [string, Request])[] = [
  ["web\n", { form: "name", name: "web" }],
  ["  web\r\n", { form: "name", name: "web" }],
  ["10.0.0.9:80", { form: "name", name: "10.0.0.9:80" }],
  ["v1|http://10.0.0.1:8888", { ...V1, options: { url: "http://10.0.0.1:8888" } }],
  ["v1|http://[::1]:8888|20|api.example:443", {
    ...V1,
    options: { url: "http://[::1]:8888", numBlocks: "20", host: "api.example:443" },
  }],
  ["v1| http://a || h ", { ...V1, options: { url: "http://a", host: "h" } }],
  ["v1|http://a|num_blocks=5|host=h", { ...V1, options: { url: "http://a", numBlocks: "5", host: "h" } }],
  ["http|http://a/?x=1&y=%7C|status=200-299|bodyMatches=a%7Cb%25", {
    ...HTTP,
    options: { url: "http://a/?x=1&y=%7C", status: "200-299", bodyMatches: "a|b%" },
  }],
  ["load|curve=linear", { form: "check", dialect: "pipe", kind: "load", options: { curve: "linear" } }],
  ["10.0.0.1", colon("v1", "http://10.0.0.1:80")],
  ["localhost", colon("v1", "http://localhost:80")],
  ["node:8888:20:v2", colon("v2", "http://node:8888", { numBlocks: "20" })],
  ["node:eight:many:v3", colon("v1", "http://node:80")],
  ["node::-5", colon("v1", "http://node:80", { numBlocks: "-5" })],
  ["[::1]:8888:10:v1", colon("v1", "http://[::1]:8888", { numBlocks: "10" })],
  ["[2001:db8::1]", colon("v1", "http://[2001:db8::1]:80")],
];

for (const [text, wanted] of UNDERSTOOD) {
  Deno.test(`parseRequest() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseRequest(text, VOCABULARY), wanted);
  });
}

const NOT_UNDERSTOOD: readonly (readonly [string, RegExp])[] = [
  ["", /empty: agent-send is missing/],
  [" \t\r\n", /empty/],
  ["wbe", /no check "wbe"/],
  ["a b:80", /no check "a b:80"/],
  ["nope|http://a", /no kind of check "nope"/],
  ["|http://a", /no kind of check ""/],
  ["command|/bin/true", /only made by the configuration/],
  ["v1|", /needs its url/],
  ["load|5", /no place for "5"/],
  ["http|http://a|staus=200", /no place for "staus=200"/],
  ["http|http://a|status=%zz", /option "status" is not percent-encoded: "%zz"/],
  ["http://127.0.0.1:8545", /say what to check about it: "http\|http:\/\/127/],
  ["\x1b[31m", /no check "\?\[31m"/],
  ["constructor|x", /no kind/],
];

for (const [text, why] of NOT_UNDERSTOOD) {
  Deno.test(`parseRequest() says what is wrong with ${JSON.stringify(text)}`, () => {
    const request = parseRequest(text, VOCABULARY);
    assert.ok(request.form === "invalid");
    assert.match(request.why, why);
  });
}

Deno.test("parseRequest() takes anything, and only ever gives options that there are", () => {
  const requests = fc.oneof(anyText, anyText.map((text) => `http|${text}`), anyText.map((text) => `node:${text}`));
  fc.assert(
    fc.property(requests, (text) => {
      const request = parseRequest(text, VOCABULARY);
      if (request.form === "invalid") assert.match(request.why, /^[^\p{Cc}\p{Cs}]+$/u);
      else if (request.form === "name") assert.ok(VOCABULARY.isConfigured(request.name));
      else {
        const known = [...Object.keys(KINDS.get(request.kind)?.options ?? {}), "numBlocks", "arithmetic"];
        assert.ok(Object.keys(request.options).every((key) => known.includes(key) || key === "url"));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseRequest() decodes what was encoded for it", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (value) => {
    const request = parseRequest(`http|http://a|status=${encodeURIComponent(value)}`, VOCABULARY);
    assert.ok(request.form === "check");
    assert.equal(request.options["status"], value);
  }));
});

Deno.test("parseRequest() takes empty fields at the end for none", () => {
  const load = { form: "check", dialect: "pipe", kind: "load", options: {} } as const;
  assert.deepEqual(parseRequest("load|", VOCABULARY), load);
  assert.deepEqual(parseRequest("load", VOCABULARY), load);
  assert.deepEqual(parseRequest("http", VOCABULARY), { form: "invalid", why: 'kind "http" needs its url' });
  assert.deepEqual(parseRequest("http|http://a||", VOCABULARY), { ...HTTP, options: { url: "http://a" } });
});

Deno.test("parseRequest() shows no password in what it says", () => {
  for (const text of ["http://ana:geheim@10.0.0.1", "http|http://a|http://ana:geheim@b"]) {
    const request = parseRequest(text, VOCABULARY);
    assert.ok(request.form === "invalid");
    assert.doesNotMatch(request.why, /geheim/);
  }
});
