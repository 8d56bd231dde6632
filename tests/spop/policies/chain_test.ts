import assert from "node:assert/strict";
import { createChain } from "../../../lib/spop/policies/chain.ts";
import { InvalidPolicy, type Policy, type PolicyActions } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, verdictAtOnce, verdictOf } from "./recorder.ts";

/** A policy that sets its name to a value, or what is given for it. */
function link(name: string, value: number | boolean, more: Partial<Policy> = {}): Policy {
  return {
    name,
    kind: "link",
    message: {
      name,
      event: "on-client-session",
      args: [{ name: `arg_${name}`, types: ["ip"], fetch: `var(txn.${name})` }],
    },
    sets: [{ scope: "session", name, type: "boolean", description: "" }],
    decide: (_message, actions: PolicyActions) => actions.set("session", name, value),
    defaults: (actions) => actions.set("session", name, -1),
    [Symbol.asyncDispose]: () => Promise.reject(new Error("a chain does not end what it was lent")),
    ...more,
  };
}

const fails = () => {
  throw new Error("broken");
};
const failsLater = () => Promise.reject(new Error("broken later"));
const slow = (name: string, value: number) => async (_message: unknown, actions: PolicyActions) => {
  await Promise.resolve();
  actions.set("session", name, value);
};

Deno.test("createChain() has every policy decide, at once while they do", async () => {
  await using chain = await createChain({ policies: [link("a", 1), link("b", 2)] });
  assert.deepEqual(verdictAtOnce(chain, {}), { a: 1, b: 2 });
  assert.deepEqual(defaultOf(chain), { a: -1, b: -1 });
});

Deno.test("createChain() keeps the order when a policy takes its time", async () => {
  const order: string[] = [];
  const noting = (name: string) => ({
    decide: (...[, actions]: Parameters<Policy["decide"]>) => {
      order.push(name);
      return name === "b" ? slow(name, 2)(undefined, actions) : actions.set("session", name, 1);
    },
  });
  await using chain = await createChain({ policies: ["a", "b", "c"].map((name) => link(name, 1, noting(name))) });
  assert.deepEqual(await verdictOf(chain, {}), { a: 1, b: 2, c: 1 });
  assert.deepEqual(order, ["a", "b", "c"]);
});

Deno.test("createChain() stops behind the policy that sets the variable to the value", async () => {
  const policies = [link("a", true), link("ok", false), link("c", 3)];
  await using chain = await createChain({ policies, stop: { ok: false, a: false } });
  assert.deepEqual(verdictAtOnce(chain, {}), { a: true, ok: false });
  assert.equal(chain.stats?.().stopped, 1);
  await using later = await createChain({
    policies: [link("a", 1, { decide: slow("a", 5) }), link("b", 1)],
    stop: { a: 5 },
  });
  assert.deepEqual(await verdictOf(later, {}), { a: 5 });
  await using other = await createChain({
    policies: [link("a", 1, { decide: slow("a", 4) }), link("b", 1)],
    stop: { a: 5 },
  });
  assert.deepEqual(await verdictOf(other, {}), { a: 4, b: 1 });
});

Deno.test("createChain() takes the default of a policy that fails, and goes on, or stops if that says so", async () => {
  const policies = [link("a", 1, { decide: fails }), link("b", 1, { decide: failsLater }), link("c", 3)];
  await using chain = await createChain({ policies });
  assert.deepEqual(await verdictOf(chain, {}), { a: -1, b: -1, c: 3 });
  assert.equal(chain.stats?.().failed, 2);
  await using stopped = await createChain({ policies, stop: { b: -1 } });
  assert.deepEqual(await verdictOf(stopped, {}), { a: -1, b: -1 });
});

Deno.test("createChain() wants what its policies want, each argument and variable once", async () => {
  const twice = link("a", 1);
  await using chain = await createChain({ name: "front", policies: [twice, twice, link("b", 1)] });
  assert.equal(chain.message.name, "front");
  assert.equal(chain.message.event, "on-client-session");
  assert.deepEqual(chain.message.args.map((one) => one.name), ["arg_a", "arg_b"]);
  assert.deepEqual(chain.sets.map((one) => one.name), ["a", "b"]);
});

Deno.test("createChain() needs an argument that one of its policies needs, though another does without", async () => {
  const args = (isOptional: boolean) => ({
    message: { name: "m", event: "on-client-session", args: [{ name: "ip", types: ["ip"], fetch: "src", isOptional }] },
  } as const);
  for (
    const policies of [[link("a", 1, args(true)), link("b", 1, args(false))], [
      link("a", 1, args(false)),
      link("b", 1, args(true)),
    ]]
  ) {
    await using chain = await createChain({ policies });
    assert.equal(chain.message.args[0]?.isOptional ?? false, false);
  }
});

Deno.test("createChain() reloads every policy, and says which could not be", async () => {
  const reloaded: string[] = [];
  const reload = (name: string) => ({ reload: () => Promise.resolve(void reloaded.push(name)) });
  const policies = [
    link("a", 1, { reload: failsLater }),
    link("b", 1, reload("b")),
    link("c", 1),
    link("d", 1, reload("d")),
  ];
  await using chain = await createChain({ policies });
  await assert.rejects(async () => await chain.reload?.(), /broken later/);
  assert.deepEqual(reloaded, ["b", "d"]);
});

Deno.test("createChain() refuses policies that do not go together", async () => {
  const other = link("b", 1, {
    message: { name: "m", event: "on-client-session", args: [{ name: "arg_a", types: ["ip"], fetch: "dst" }] },
  });
  const number = link("a", 1, { sets: [{ scope: "session", name: "a", type: "integer", description: "" }] });
  const make = (options: Parameters<typeof createChain>[0]) => async () => await createChain(options);
  const wrong = [
    [{ policies: [] }, /option "policies" is empty/],
    [{ policies: [link("a", 1), other] }, /different things of argument "arg_a"/],
    [{ policies: [link("a", 1), number] }, /different things of variable "session\.a"/],
    [{ policies: [link("a", 1)], stop: { b: 1 } }, /none of its policies sets "b"/],
  ] as const;
  for (const [options, why] of wrong) {
    await assert.rejects(make(options), (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  }
});
