/** What a policy answers, as plain values: `scope.name` to value, `undefined` for what it unset. */

import type { Policy, PolicyActions, PolicyMessage } from "../../../lib/spop/policies/policy.ts";
import type { Value } from "../../../lib/spop/codec/mod.ts";

/** Variables by their name; of two scopes with one name the last. */
export type Variables = Record<string, Value | undefined>;

/** Asks a policy, waiting for it where it takes its time. */
export async function verdictOf(policy: Policy, args: PolicyMessage["args"]): Promise<Variables> {
  const { variables, actions } = recorder();
  await policy.decide({ name: policy.message.name, args }, actions);
  return variables;
}

/** Asks a policy that must answer at once. */
export function verdictAtOnce(policy: Policy, args: PolicyMessage["args"]): Variables {
  const { variables, actions } = recorder();
  const working = policy.decide({ name: policy.message.name, args }, actions);
  if (working !== undefined) throw new Error("the policy did not answer at once");
  return variables;
}

/** What it answers when it fails. */
export function defaultOf(policy: Policy): Variables {
  const { variables, actions } = recorder();
  policy.defaults(actions);
  return variables;
}

/** Actions that are kept. */
export function recorder(): { variables: Variables; actions: PolicyActions } {
  const variables: Variables = {};
  return {
    variables,
    actions: {
      set: (_scope, name, value) => void (variables[name] = value),
      unset: (_scope, name) => void (variables[name] = undefined),
    },
  };
}

/** The content of files, for `outside.read`; one that is not there cannot be read. */
export function filesOf(files: Record<string, string>) {
  return async function* (path: string): AsyncGenerator<Uint8Array> {
    const content = files[path];
    if (content === undefined) throw new Deno.errors.NotFound(`there is no "${path}"`);
    yield await Promise.resolve(new TextEncoder().encode(content));
  };
}

/** A block of headers as `req.hdrs_bin` has it. */
export function headerBlock(headers: readonly (readonly [string, string])[]): Uint8Array {
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    if (bytes.length < 240) return [bytes.length, ...bytes];
    const rest = bytes.length - 240;
    const low = (rest & 15) | 0xf0;
    const more = rest >> 4;
    return more < 128 ? [low, more, ...bytes] : [low, (more & 127) | 128, (more - 128) >> 7, ...bytes];
  };
  return Uint8Array.from([...headers.flatMap(([name, value]) => [...text(name), ...text(value)]), 0, 0]);
}
