/** One run, its turn and its deadline; checks that wait for one another. */

import assert from "node:assert/strict";
import type { Check, Finding } from "../../../lib/agent/check.ts";
import { CheckFailed } from "../../../lib/agent/errors.ts";
import { Asking } from "../../../lib/agent/steady/asking.ts";
import { type Outcome, runOnce } from "../../../lib/agent/steady/run.ts";
import { Turns } from "../../../lib/agent/steady/turns.ts";

const FOUND: Finding = { reply: { health: "up" }, reason: "" };

function run(
  work: (signal: AbortSignal) => Promise<Finding>,
  deadlineMs = 1000,
  turns = new Turns(1),
): Promise<Outcome> {
  const check: Check = { kind: "stub", target: "t", run: work };
  return runOnce(check, { deadlineMs, turns, signal: new AbortController().signal, onSettled: () => {} });
}

Deno.test("runOnce() gives what was found", async () => {
  assert.deepEqual(await run(() => Promise.resolve(FOUND)), { kind: "found", finding: FOUND });
});

Deno.test("runOnce() ends at the deadline, whether the check heeds its signal or not", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const deaf = await run((signal) => {
    signal.addEventListener("abort", () => resolve(signal.reason));
    return new Promise(() => {});
  }, 20);
  assert.deepEqual(deaf, { kind: "deadline", why: "no answer within 20 ms" });
  assert.ok((await told) instanceof DOMException);
  const heeding = await run(
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    20,
  );
  assert.equal(heeding.kind, "deadline");
});

Deno.test("runOnce() takes whatever a check throws, and a reply that cannot be said, for a failure", async () => {
  const thrown: (() => Promise<Finding>)[] = [
    () => Promise.reject(new CheckFailed("no route")),
    () => {
      throw new CheckFailed("no route");
    },
    () => Promise.reject("no route"),
  ];
  for (const work of thrown) {
    const outcome = await run(work);
    assert.ok(outcome.kind === "failed");
    assert.equal(outcome.why, "no route");
  }
  const senseless = await run(() => Promise.resolve({ reply: { weight: { percent: -1 } }, reason: "" }));
  assert.ok(senseless.kind === "failed");
  assert.match(senseless.why, /weight is "-1"/);
});

Deno.test("runOnce() ends what a check has left open", async () => {
  let left: AbortSignal | undefined;
  await run((signal) => {
    left = signal;
    return Promise.resolve(FOUND);
  });
  assert.equal(left?.aborted, true);
});

Deno.test("runOnce() waits for its turn, until its deadline", async () => {
  const turns = new Turns(1);
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const first = run(() => promise, 1000, turns);
  const late = run(() => Promise.resolve(FOUND), 20, turns);
  const patient = run(() => Promise.resolve(FOUND), 1000, turns);
  assert.deepEqual([turns.taken, turns.waiting], [1, 2]);
  assert.deepEqual(await late, { kind: "deadline", why: "had to wait 20 ms for its turn: 1 checks run already" });
  resolve(FOUND);
  assert.deepEqual([(await first).kind, (await patient).kind], ["found", "found"]);
  assert.deepEqual([turns.taken, turns.waiting], [0, 0]);
});

Deno.test("a turn is not lost to one that has given up waiting", async () => {
  const turns = new Turns(1);
  const signal = new AbortController().signal;
  assert.equal(await turns.take(signal), true);
  const impatient = new AbortController();
  const given = turns.take(impatient.signal);
  const next = turns.take(signal);
  impatient.abort();
  turns.giveBack();
  assert.deepEqual([await given, await next], [false, true]);
  turns.giveBack();
  assert.equal(turns.taken, 0);
});

Deno.test("wait() refuses a circle, and says which", async () => {
  const asking = new Asking();
  const work = asking.wait(
    "a",
    "b",
    () => asking.wait("b", "c", () => asking.wait("c", "a", () => Promise.resolve(1))),
  );
  await assert.rejects(work, { name: "CheckFailed", message: "checks ask each other in a circle: c > a > b > c" });
  await assert.rejects(asking.wait("a", "a", () => Promise.resolve(1)), /a > a/);
  assert.equal(await asking.wait("c", "a", () => Promise.resolve(1)), 1, "what is over is forgotten");
});
