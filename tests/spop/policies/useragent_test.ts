import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { createUseragent } from "../../../lib/spop/policies/useragent.ts";
import { InvalidRules, Matcher } from "../../../lib/spop/policies/useragent/matcher.ts";
import { parseRules } from "../../../lib/spop/policies/useragent/rules.ts";
import { decide, defaultsOf, type Verdict } from "./verdict.ts";
import { Waking } from "./waking.ts";

/** Stand for a text's beginning and end; the text itself cannot have them. */
const BEGIN = "\x01";
const END = "\x02";

/** The first pattern that is in the text, by looking for one after the other. */
function naiveFind(patterns: readonly string[], text: string): number {
  const whole = `${BEGIN}${text.replaceAll(BEGIN, "?").replaceAll(END, "?").toLowerCase()}${END}`;
  return patterns.findIndex((pattern) =>
    whole.includes(pattern.toLowerCase().replace(/^\^/, BEGIN).replace(/(?<=.)\$$/s, END))
  );
}

Deno.test("Matcher finds what looking for one pattern after the other finds", () => {
  const character = fc.constantFrom(..."abAB^$ ");
  const inner = fc.array(character, { minLength: 1, maxLength: 5 }).map((all) => all.join("")).filter((text) =>
    text !== "^" && text !== "$"
  );
  const text = fc.oneof(
    fc.array(fc.oneof(character, fc.constantFrom(BEGIN, END, "\0", "é")), { maxLength: 20 }).map((all) => all.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(inner, { maxLength: 8 }), fc.array(text, { maxLength: 10 }), (patterns, texts) => {
      const matcher = new Matcher(patterns);
      for (const one of [...texts, ...patterns]) assert.equal(matcher.find(one), naiveFind(patterns, one), one);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Matcher looks at each character of the text once", () => {
  let looks = 0;
  const text = "a".repeat(10_000);
  const watched: string = Object.assign(Object(text), {
    charCodeAt: (at: number) => {
      looks++;
      return text.charCodeAt(at);
    },
  });
  assert.equal(new Matcher([`${"a".repeat(500)}b`, "aab", "^b"]).find(watched), -1);
  assert.equal(looks, text.length);
});

Deno.test("Matcher refuses patterns that it cannot mean", () => {
  for (const pattern of ["", "^", "é", "a\tb", "a\0"]) {
    assert.throws(() => new Matcher([pattern]), InvalidRules, pattern);
  }
  const large = Array.from({ length: 1000 }, (_, index) => String.fromCharCode(32 + index % 90).repeat(400));
  assert.throws(() => new Matcher(large), {
    message: /^Cannot use 1000 patterns: they have more than \d+ characters$/,
  });
});

Deno.test("parseRules() throws nothing but its own error", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...'ab"# \t\n\r^$'), { maxLength: 60 }).map((all) => all.join("")),
  );
  fc.assert(fc.property(text, (rules) => {
    try {
      for (const rule of parseRules(rules)) assert.ok(rule.class !== "" && rule.name !== "" && rule.pattern !== "");
    } catch (thrown) {
      assert.ok(thrown instanceof InvalidRules, String(thrown));
    }
  }));
});

Deno.test("parseRules() tells which line is wrong", () => {
  assert.throws(() => parseRules("# fine\r\ncrawler a b\r\ncrawler"), {
    message: 'Cannot use line 3: it is not "CLASS NAME PATTERN"',
  });
});

const AGENTS: readonly (readonly [agent: string, kind: string, name: string])[] = [
  ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler", "Googlebot"],
  [
    "Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36 (compatible; bingbot/2.0)",
    "crawler",
    "Bingbot",
  ],
  ["Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", "ai_crawler", "GPTBot"],
  ["facebookexternalhit/1.1", "preview", "Facebook"],
  ["kube-probe/1.30", "monitor", "Kubernetes"],
  ["sqlmap/1.8#stable (https://sqlmap.org)", "scanner", "sqlmap"],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/125.0 Safari/537.36",
    "headless",
    "HeadlessChrome",
  ],
  ["curl/8.5.0", "tool", "curl"],
  ["python-requests/2.32", "tool", "python-requests"],
  ["SomeNewBot/1.0", "bot", "other"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "browser", "Firefox"],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36 Edg/125.0",
    "browser",
    "Edge",
  ],
  [
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "browser",
    "Safari",
  ],
  ["my own program", "unknown", ""],
  ["", "none", ""],
];

const verdictOf = (kind: string, name: string): Verdict => ({
  "transaction.ua_class": kind,
  "transaction.ua_name": name,
});

Deno.test("createUseragent() knows the usual clients", async () => {
  await using policy = await createUseragent();
  for (const [ua, kind, name] of AGENTS) assert.deepEqual(await decide(policy, { ua }), verdictOf(kind, name), ua);
  assert.deepEqual(await decide(policy, {}), verdictOf("none", ""));
  assert.deepEqual(defaultsOf(policy), verdictOf("unknown", ""));
  assert.equal(policy.stats?.()["class.none"], 2);
});

Deno.test("createUseragent() puts the rules of a file first, and follows it", async () => {
  const path = await Deno.makeTempFile();
  const waking = new Waking();
  try {
    await Deno.writeTextFile(path, 'partner "Our Probe" ^curl/8');
    await using policy = await createUseragent({ rules: path, outside: waking.outside });
    assert.deepEqual(await decide(policy, { ua: "curl/8.5.0" }), verdictOf("partner", "Our Probe"));
    assert.deepEqual(await decide(policy, { ua: "curl/7" }), verdictOf("tool", "curl"));

    await Deno.writeTextFile(path, "partner Other ^curl/7\n");
    await waking.wake();
    assert.deepEqual(await decide(policy, { ua: "curl/7" }), verdictOf("partner", "Other"));

    await Deno.writeTextFile(path, "broken\n");
    await waking.wake();
    assert.deepEqual(await decide(policy, { ua: "curl/7" }), verdictOf("partner", "Other"));
    assert.match(String(policy.stats?.()["error"]), /Cannot use line 1/);
    await assert.rejects(Promise.resolve(policy.reload?.()), /Cannot use line 1/);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("createUseragent() refuses options that make no sense, and rules that are not there", async () => {
  await assert.rejects(createUseragent({ rules: "/no/such" }), InvalidPolicy);
  await assert.rejects(createUseragent({ intervalMs: 1 }), /option "intervalMs" is "1"/);
});
