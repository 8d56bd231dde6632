/** The policies of an agent, changed while it works. */

import assert from "node:assert/strict";
import {
  Agent,
  type Policy,
  type PolicyActions,
  type PolicyConfig,
  PolicySet,
  SpopClient,
} from "../../../lib/spop/mod.ts";

/** A set on an agent that only remembers who answers, with policies that say what happens to them. */
function makeSet() {
  const answered = new Set<string>();
  const events: string[] = [];
  const failing = new Set<string>();
  const agent = { on: (message: string) => answered.add(message), off: (message: string) => answered.delete(message) };
  const make = (kind: string, options: Readonly<Record<string, unknown>>): Promise<Policy> => {
    const name = String(options.name);
    if (failing.has(name)) return Promise.reject(new Error(`no ${name}`));
    return Promise.resolve({
      name,
      kind,
      message: { name: String(options.message ?? name), args: [], event: "on-client-session" },
      sets: [{ scope: "session", name: `v_${name}`, type: "integer", description: "" }],
      decide: (_: unknown, actions: PolicyActions) => actions.set("session", `v_${name}`, 1),
      defaults: () => {},
      reload() {
        events.push(`reload ${name}`);
        return failing.has(`reload ${name}`) ? Promise.reject(new Error("bad file")) : Promise.resolve();
      },
      [Symbol.asyncDispose]() {
        events.push(`end ${name}`);
        return Promise.resolve();
      },
    });
  };
  return { set: new PolicySet(agent, { make, graceMs: 0 }), answered, events, failing };
}

function config(name: string, options: PolicyConfig["options"] = {}, kind = "made"): PolicyConfig {
  return { name, kind, options };
}

/** Lets the timers of this moment come. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("apply() adds, changes, reloads and removes, and ends what is gone", async () => {
  const { set, answered, events } = makeSet();
  const first = await set.apply([config("a"), config("b"), config("c", { x: 1 })]);
  assert.deepEqual(first, { added: ["a", "b", "c"], changed: [], reloaded: [], removed: [], failed: [] });
  const second = await set.apply([config("a"), config("c", { x: 2 }), config("d")]);
  assert.deepEqual(second, { added: ["d"], changed: ["c"], reloaded: ["a"], removed: ["b"], failed: [] });
  assert.deepEqual([...answered].sort(), ["a", "c", "d"]);
  await turn();
  assert.deepEqual(events.toSorted(), ["end b", "end c", "reload a"]);
  await set[Symbol.asyncDispose]();
  assert.equal(answered.size, 0);
  assert.deepEqual(events.filter((event) => event.startsWith("end")).toSorted(), [
    "end a",
    "end b",
    "end c",
    "end c",
    "end d",
  ]);
});

Deno.test("apply() keeps what it has where the new cannot be made or read", async () => {
  const { set, answered, events, failing } = makeSet();
  await set.apply([config("a"), config("b")]);
  failing.add("a").add("new").add("reload b");
  const { failed, changed, added } = await set.apply([config("a", { x: 1 }), config("b"), config("new")]);
  assert.deepEqual(failed.map(({ name, error }) => [name, error.message]), [
    ["a", "no a"],
    ["b", "bad file"],
    ["new", "no new"],
  ]);
  assert.deepEqual([changed, added], [[], []]);
  assert.deepEqual([...answered].sort(), ["a", "b"]);
  assert.deepEqual(set.configs.map((one) => one.options), [{}, {}]);
  await turn();
  assert.deepEqual(events.filter((event) => event.startsWith("end")), []);
  await set[Symbol.asyncDispose]();
});

Deno.test("a chain is made of policies in any order, asked instead of them, and made anew with them", async () => {
  const { set, answered } = makeSet();
  const chain = config("front", { policies: ["a", "b"] }, "chain");
  assert.deepEqual((await set.apply([chain, config("b"), config("a"), config("c")])).failed, []);
  assert.deepEqual([...answered].sort(), ["c", "front"]);
  const { changed, reloaded } = await set.apply([chain, config("b", { x: 1 }), config("a"), config("c")]);
  assert.deepEqual([changed.toSorted(), reloaded.toSorted()], [["b", "front"], ["a", "c"]]);
  await set[Symbol.asyncDispose]();
});

Deno.test("a chain that cannot be changed keeps the members that it has, alive", async () => {
  const { set, events, answered } = makeSet();
  await set.apply([config("front", { policies: ["a"] }, "chain"), config("a")]);
  const { failed } = await set.apply([config("front", { policies: ["a", "gone"] }, "chain"), config("a", { x: 1 })]);
  assert.match(failed[0]?.error.message ?? "", /^Cannot make policy "front": option "policies" names "gone"/);
  await turn();
  assert.deepEqual(events, [], "the old member still decides");
  assert.deepEqual([...answered], ["front"]);
  await set[Symbol.asyncDispose]();
  assert.deepEqual(events, ["end a", "end a"]);
});

Deno.test("a chain of itself is refused", async () => {
  const { set } = makeSet();
  const { failed } = await set.apply([
    config("one", { policies: ["two"] }, "chain"),
    config("two", { policies: ["one"] }, "chain"),
  ]);
  assert.deepEqual(failed.map((one) => one.name).toSorted(), ["one", "two"]);
  await set[Symbol.asyncDispose]();
});

Deno.test("policies that want the same message answer it together", async () => {
  const agent = new Agent();
  await using set = new PolicySet(agent);
  const { failed } = await set.apply([
    { name: "one", kind: "ab", options: { salt: "1", variants: { a: 1 }, variable: "first" } },
    { name: "two", kind: "ab", options: { salt: "2", variants: { b: 1 }, variable: "second" } },
  ]);
  assert.deepEqual(failed, []);
  await using listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address);
  const actions = await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
  assert.deepEqual(actions.map((action) => action.name).toSorted(), ["first", "second"]);
});

Deno.test("apply() orders chains of chains in time that grows with their number, and not with the ways through them", async () => {
  const { set } = makeSet();
  const levels = Array.from({ length: 18 }, (_, level) => {
    const below = level === 17 ? ["a", "b"] : [`c${level + 1}`, `d${level + 1}`];
    return ["c", "d"].map((name) => config(`${name}${level}`, { policies: below }, "chain"));
  });
  let reads = 0;
  const counted = [...levels.flat(), config("a"), config("b")].map((one) => ({
    ...one,
    get kind() {
      reads++;
      return one.kind;
    },
  }));
  const { added, failed } = await set.apply(counted);
  assert.deepEqual([added.length, failed], [38, []]);
  assert.ok(reads < 2000, `it has looked ${reads} times at a policy`);
  await set[Symbol.asyncDispose]();
});
