/** A policy's verdict as plain data. */

import type { Policy, PolicyActions, PolicyMessage } from "../../../lib/spop/policies/policy.ts";
import type { Value } from "../../../lib/spop/codec/mod.ts";

/** Variables as `scope.name`; one that was unset is `null`. */
export type Verdict = Record<string, Value>;

/** What a policy decides on a message with these arguments. */
export async function decide(policy: Policy, args: PolicyMessage["args"]): Promise<Verdict> {
  const verdict: Verdict = {};
  await policy.decide({ name: policy.message.name, args }, actionsInto(verdict));
  return verdict;
}

/** What it answers when it throws or is late. */
export function defaultsOf(policy: Policy): Verdict {
  const verdict: Verdict = {};
  policy.defaults(actionsInto(verdict));
  return verdict;
}

function actionsInto(verdict: Verdict): PolicyActions {
  return {
    set: (scope, name, value) => void (verdict[`${scope}.${name}`] = value),
    unset: (scope, name) => void (verdict[`${scope}.${name}`] = null),
  };
}
