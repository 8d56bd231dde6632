/** What HAProxy has been told, and when that is taken back. */

import assert from "node:assert/strict";
import type { AdminMemory } from "../../../lib/agent/options.ts";
import type { Reply } from "../../../lib/agent/reply.ts";
import { MEND_MS, Told } from "../../../lib/agent/steady/told.ts";
import { downWords, NO_DEBT, upWords, type Words } from "../../../lib/agent/steady/wording.ts";

const DRAINS: Words = { onDown: { admin: "drain", weight: { percent: 10 } } };
const UP = { reply: { health: "up" }, reason: "" } as const;
const DOWN = { reply: { health: "down" }, reason: "lagging" } as const;

/** Tells it at this time what is meant. */
function tell(told: Told, reply: Reply, words: Words): Reply {
  told.tell(reply, reply, words);
  return reply;
}

Deno.test("words for down are those of onDown, with the reason, and take nothing else along", () => {
  assert.deepEqual(downWords(DOWN, {}), { health: "down", text: "lagging" });
  assert.deepEqual(downWords(DOWN, DRAINS), { health: "up", admin: "drain", weight: { percent: 10 }, text: "lagging" });
  assert.deepEqual(downWords({ reply: { admin: "maint" }, reason: "" }, DRAINS), { admin: "maint" });
});

Deno.test("words for up always say up, and what the finding and onUp say", () => {
  const finding = { reply: { weight: { percent: 75 } }, reason: "" };
  assert.deepEqual(upWords(finding, { onUp: { maxconn: 10, weight: { percent: 100 } } }, NO_DEBT), {
    health: "up",
    maxconn: 10,
    weight: { percent: 75 },
  });
});

Deno.test("what was said of one's own is taken back for a while, and then no longer", () => {
  const told = new Told("web", DRAINS);
  tell(told, downWords(DOWN, DRAINS), DRAINS);
  assert.equal(told.isHeldBack, true);
  assert.deepEqual(told.debt, { admin: true, weight: true });
  const until = told.mend(5000);
  assert.equal(until, 5000 + MEND_MS);
  assert.deepEqual(tell(told, upWords(UP, DRAINS, told.debt), DRAINS), {
    health: "up",
    admin: "ready",
    weight: { percent: 100 },
  });
  assert.equal(told.isMended(until - 1), false);
  assert.equal(told.isMended(until), true);
  assert.deepEqual(upWords(UP, DRAINS, told.debt), { health: "up" });
  assert.equal(told.mend(until), Infinity);
});

Deno.test("what nobody has heard yet is said for longer", () => {
  const told = new Told("web", DRAINS);
  tell(told, downWords(DOWN, DRAINS), DRAINS);
  const until = told.mend(0);
  assert.equal(told.isMended(until + 60_000), false);
  const meant = upWords(UP, DRAINS, told.debt);
  told.tell(meant, { ...meant, admin: "maint" }, DRAINS);
  assert.equal(told.isMended(until + 60_000), false, "maintenance by hand was said in its place");
  tell(told, meant, DRAINS);
  assert.equal(told.isMended(until + 60_000), true);
});

Deno.test("who has not said drain does not say ready", () => {
  const told = new Told("web", DRAINS);
  tell(told, { health: "up" }, DRAINS);
  assert.equal(told.debt, NO_DEBT);
  assert.equal(told.isHeldBack, false);
});

Deno.test("drain is remembered for the next process, until it is taken back", () => {
  const kept = new Map<string, boolean>();
  const memory: AdminMemory = { has: (name) => kept.get(name) ?? false, set: (name, isSaid) => kept.set(name, isSaid) };
  tell(new Told("web", DRAINS, memory), downWords(DOWN, DRAINS), DRAINS);
  assert.equal(kept.get("web"), true);
  const next = new Told("web", DRAINS, memory);
  assert.equal(next.isHeldBack, true);
  const until = next.mend(0);
  assert.equal(tell(next, upWords(UP, DRAINS, next.debt), DRAINS).admin, "ready");
  assert.equal(next.isMended(until), true);
  assert.equal(kept.get("web"), false);
});

Deno.test("askers are those who asked in HAProxy's interval", () => {
  const told = new Told("web", {});
  assert.equal(told.askers, 1);
  for (let round = 0; round < 3; round++) for (let asker = 0; asker < 20; asker++) told.ask(round * 2000 + asker * 10);
  assert.equal(told.askers, 20);
  told.ask(60_000);
  assert.equal(told.askers, 1);
  assert.equal(told.isAskedFor(119_999), true);
  assert.equal(told.isAskedFor(120_000), false);
});
