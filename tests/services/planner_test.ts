import assert from "node:assert/strict";
import { type Plan, plannerOf, StalePlan, type Step } from "../../lib/services/mod.ts";

const STEP: Step = {
  ...{ kind: "add", backend: "web", server: "happi-web-0", entry: null, why: "it came", traffic: 1 },
  ...{ commands: ["add server web/happi-web-0 127.0.0.1:1"], then: ["enable server web/happi-web-0"] },
};
const PLAN: Plan = { steps: [STEP], refused: [], problems: [], shares: [], owned: new Map() };

Deno.test("plannerOf() shows all commands of a step in their order, and the plan for people", async () => {
  const planner = plannerOf({ plan: () => Promise.resolve(PLAN), apply: () => Promise.reject(new Error("not asked")) });
  const { steps, text } = await planner.plan();
  assert.deepEqual(steps, [{
    ...{ kind: "add", backend: "web", server: "happi-web-0", entry: null, why: "it came" },
    commands: ["add server web/happi-web-0 127.0.0.1:1", "enable server web/happi-web-0"],
  }]);
  assert.match(text, /\+ add web\/happi-web-0: it came/);
});

/** A reconciler that is at work itself, so many times. */
function busy(times: number) {
  const asked: boolean[] = [];
  return {
    asked,
    plan: () => Promise.resolve(PLAN),
    apply(plan: Plan, { force = false }: { readonly force?: boolean } = {}) {
      asked.push(force);
      if (asked.length <= times) return Promise.reject(new StalePlan());
      return Promise.resolve({
        results: [{ step: STEP, ok: plan === PLAN, reason: null }],
        differences: [],
        refused: [],
      });
    },
  };
}

Deno.test("plannerOf() plans again when the reconciler was at work in between", async () => {
  const reconciler = busy(2);
  const { results } = await plannerOf(reconciler).apply(true);
  assert.deepEqual(results.map(({ ok }) => ok), [true]);
  assert.deepEqual(reconciler.asked, [true, true, true]);
});

Deno.test("plannerOf() gives up when that happens again and again", async () => {
  await assert.rejects(() => plannerOf(busy(100)).apply(false), StalePlan);
});
