import assert from "node:assert/strict";
import fc from "fast-check";
import { BackoffPolicy, FlappingPolicy } from "../../lib/process/flapping.ts";

const FLAPPING = { attempts: 3, window: 1, retry_in: 7, max_retry: 2 };

/** Ends, each with what is to come of it, as the seed's table has it. */
const STORIES: Readonly<Record<string, readonly (readonly [endedAt: number, action: string])[]>> = {
  "slow ends are no flapping": [[0, "start"], [600, "start"], [1200, "start"], [1800, "start"], [9000, "start"]],
  "as many as attempts within the window are": [[0, "start"], [100, "start"], [200, "rest 1"]],
  "exactly the window still counts": [[0, "start"], [500, "start"], [1000, "rest 1"]],
  "after a rest they count anew": [[0, "start"], [1, "start"], [2, "rest 1"], [7002, "start"], [7003, "start"], [
    7004,
    "rest 2",
  ]],
  "after max_retry rests it is given up": [
    ...[[0, "start"], [1, "start"], [2, "rest 1"], [10, "start"], [11, "start"], [12, "rest 2"]] as const,
    ...[[20, "start"], [21, "start"], [22, "give_up"]] as const,
  ],
  "slow ends between give all retries back": [
    ...[[0, "start"], [1, "start"], [2, "rest 1"], [3000, "start"], [6000, "start"], [9000, "start"]] as const,
    ...[[9001, "start"], [9002, "rest 1"]] as const,
  ],
};
for (const [title, story] of Object.entries(STORIES)) {
  Deno.test(`FlappingPolicy: ${title}`, () => {
    const policy = new FlappingPolicy(FLAPPING);
    const seen = story.map(([endedAt]) => {
      const decision = policy.decide(endedAt);
      if (decision.action === "rest") assert.equal(decision.delayMs, 7000);
      return [endedAt, decision.action === "rest" ? `rest ${decision.retry}` : decision.action];
    });
    assert.deepEqual(seen, story);
  });
}

Deno.test("FlappingPolicy.reset() gives all attempts and retries back", () => {
  const policy = new FlappingPolicy({ ...FLAPPING, attempts: 1, max_retry: 1 });
  assert.equal(policy.decide(0).action, "rest");
  policy.reset();
  assert.equal(policy.decide(1).action, "rest");
  assert.equal(policy.decide(2).action, "give_up");
});

Deno.test("FlappingPolicy never allows more starts than attempts and retries while ends come fast", () => {
  const number = fc.integer({ min: 1, max: 6 });
  fc.assert(fc.property(number, number, (attempts, max_retry) => {
    const policy = new FlappingPolicy({ attempts, window: 1, retry_in: 1, max_retry });
    let ends = 1;
    while (policy.decide(ends).action !== "give_up") ends++;
    assert.equal(ends, attempts * (max_retry + 1));
  }));
});

Deno.test("BackoffPolicy waits twice as long each time, half a minute at most, and forgets after a long life", () => {
  const policy = new BackoffPolicy(() => 0.5);
  const delays = Array.from({ length: 12 }, () => policy.decide(0, 10).delayMs);
  assert.deepEqual(delays, [0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
  assert.equal(policy.decide(0, 1000).delayMs, 0);
  assert.equal(policy.decide(0, 10).delayMs, 0);
});

Deno.test("BackoffPolicy scatters starts by a fifth each way", () => {
  const delays = [0, 0.999999].map((random) => {
    const policy = new BackoffPolicy(() => random);
    policy.decide(0, 0);
    return policy.decide(0, 0).delayMs;
  });
  assert.deepEqual(delays, [80, 120]);
});
