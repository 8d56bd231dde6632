/** Changing sides, and not. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Group } from "../../../lib/agent/steady/group.ts";
import { Hysteresis } from "../../../lib/agent/steady/hysteresis.ts";

const AT_ONCE = { rise: 1, fall: 1, minDwellMs: 0 };

Deno.test("take() lets the first finding decide", () => {
  const steady = new Hysteresis({ rise: 9, fall: 9, minDwellMs: 9000 });
  assert.equal(steady.isUp, undefined);
  assert.equal(steady.take(false, 0), "");
  assert.equal(steady.isUp, false);
  assert.equal(steady.changes, 0);
});

Deno.test("take() changes sides after so many findings in a row, not after as many in all", () => {
  const steady = new Hysteresis({ rise: 2, fall: 3, minDwellMs: 0 });
  const up = [true, false, false, true, false, false, false, true, false, true, true].map((isGood, now) => {
    steady.take(isGood, now);
    return steady.isUp;
  });
  assert.deepEqual(up, [true, true, true, true, true, true, false, false, false, false, true]);
  assert.equal(steady.changes, 2);
});

Deno.test("take() says why it stays on the other side", () => {
  const steady = new Hysteresis({ rise: 1, fall: 2, minDwellMs: 5000 });
  steady.take(true, 0);
  assert.equal(steady.take(false, 1000), "1 of 2 bad findings");
  assert.equal(steady.take(false, 2000), "up for 2 s of at least 5 s");
  assert.equal(steady.take(false, 5000), "");
  assert.equal(steady.take(true, 7500), "down for 2.5 s of at least 5 s");
});

Deno.test("take() never changes sides more often than findings do", () => {
  const options = fc.record({
    rise: fc.integer({ min: 1, max: 4 }),
    fall: fc.integer({ min: 1, max: 4 }),
    minDwellMs: fc.nat(10),
  });
  fc.assert(fc.property(options, fc.array(fc.boolean(), { minLength: 1 }), (given, findings) => {
    const steady = new Hysteresis(given);
    let changedAt = 0;
    let before: boolean | undefined;
    for (const [now, isGood] of findings.entries()) {
      const held = steady.take(isGood, now);
      assert.equal(held === "", steady.isUp === isGood);
      if (before !== undefined && steady.isUp !== before) {
        assert.ok(now - changedAt >= given.minDwellMs, "it has stayed");
        const needed = isGood ? given.rise : given.fall;
        assert.ok(findings.slice(now + 1 - needed, now + 1).every((one) => one === isGood), "it was sure");
        changedAt = now;
      }
      before = steady.isUp;
    }
  }));
});

Deno.test("a group lets only a part of it go down, and the next one when another comes up", () => {
  const group = new Group("web", 10, 0.3);
  const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
  const members = names.map((name) => new Hysteresis(AT_ONCE, () => group.goDown(name)));
  const held = members.map((one) => one.take(false, 0));
  assert.deepEqual(held.filter((why) => why === "").length, 3);
  assert.equal(held[3], '3 of 10 in group "web" are down, and no more may be');
  assert.equal(members[3]?.isUp, true);
  group.comeUp("s0");
  assert.equal(members[3]?.take(false, 1), "");
  assert.equal(members[3]?.isUp, false);
  assert.equal(group.goDown("s3").isAllowed, true, "who is down already may stay so");
});
