import assert from "node:assert/strict";
import type { Finding } from "../../../lib/agent/check.ts";
import { ALL, ANY, refuseCycles } from "../../../lib/agent/checks/combined.ts";
import { checkContext, forever } from "../target/peers.ts";

const UP: Finding = { reply: { health: "up" }, reason: "" };
const HALF: Finding = { reply: { health: "up", weight: { percent: 50 } }, reason: "cpu is 50 %" };
const DOWN: Finding = { reply: { health: "down" }, reason: "HTTP status 503" };
const DRAIN: Finding = { reply: { admin: "drain" }, reason: "moving" };

async function ask(kind: typeof ALL, findings: Readonly<Record<string, Finding | Error>>): Promise<Finding> {
  const context = checkContext({
    origin: "config",
    ask(name) {
      const finding = findings[name];
      if (finding === undefined || finding instanceof Error) return Promise.reject(finding);
      return Promise.resolve(finding);
    },
  });
  return await kind.make({ of: Object.keys(findings) }, context).run(forever());
}

Deno.test("all is up when everybody is, with the smallest weight", async () => {
  const { reply, reason } = await ask(ALL, { web: UP, load: HALF });
  assert.deepEqual(reply, { health: "up", weight: { percent: 50 } });
  assert.equal(reason, "load: cpu is 50 %");
});

Deno.test("all says the worst, and only the reasons of who is ill", async () => {
  const found = await ask(ALL, { web: DOWN, load: HALF, flag: DRAIN });
  assert.deepEqual(found.reply, { health: "down", admin: "drain", weight: { percent: 50 } });
  assert.equal(found.reason, "web: HTTP status 503; flag: moving");
  assert.deepEqual(found.facts, { checks: 3, up: 1, not_up: "web,flag" });
});

Deno.test("all takes who cannot find out for failed", async () => {
  const found = await ask(ALL, { web: UP, database: new Error("connection refused") });
  assert.deepEqual(found.reply, { health: "fail" });
  assert.equal(found.reason, "database: connection refused");
});

Deno.test("any is up when somebody is, with the largest weight of those", async () => {
  const quarter: Finding = { reply: { health: "up", weight: { percent: 25 } }, reason: "busy" };
  const found = await ask(ANY, { a: DOWN, b: quarter, c: HALF, d: new Error("gone"), e: DRAIN });
  assert.deepEqual(found.reply, { health: "up", weight: { percent: 50 } });
  assert.equal(found.reason, "b: busy; c: cpu is 50 %");
});

Deno.test("any says the worst when nobody is up", async () => {
  const found = await ask(ANY, { a: DOWN, b: new Error("gone") });
  assert.deepEqual(found.reply, { health: "fail" });
  assert.equal(found.reason, "a: HTTP status 503; b: gone");
});

Deno.test("all takes the smallest maxconn, of which 0 is the largest", async () => {
  const withMaxconn = (maxconn: number): Finding => ({ reply: { health: "up", maxconn }, reason: "" });
  assert.equal((await ask(ALL, { a: withMaxconn(0), b: withMaxconn(7), c: withMaxconn(9) })).reply.maxconn, 7);
  assert.equal((await ask(ANY, { a: withMaxconn(0), b: withMaxconn(7) })).reply.maxconn, 0);
});

const check = (name: string, kind: string, of?: readonly string[]) => ({ name, kind, options: of ? { of } : {} });

Deno.test("refuseCycles() takes checks that ask the same one", () => {
  refuseCycles([
    check("web", "http"),
    check("left", "all", ["web"]),
    check("right", "any", ["web"]),
    check("top", "all", ["left", "right", "web"]),
  ]);
});

Deno.test("refuseCycles() names the way of a cycle", () => {
  const checks = [
    check("web", "http"),
    check("a", "all", ["web", "b"]),
    check("b", "any", ["c"]),
    check("c", "all", ["a"]),
  ];
  assert.throws(() => refuseCycles(checks), {
    code: "invalid_check",
    message: 'Cannot make check "a": it asks itself, by way of "a" > "b" > "c" > "a"',
  });
});

Deno.test("refuseCycles() names a check that there is not", () => {
  assert.throws(() => refuseCycles([check("both", "all", ["web"])]), {
    message: 'Cannot make check "both": it asks "web" and there is no such check',
  });
});
