/**
 * Sets a variable, or unsets it where there is nothing to say: what an earlier message of a session left behind must not look
 * like this one's verdict.
 */
import type { Scope, Value } from "../codec/mod.ts";
import type { PolicyActions } from "./policy.ts";

/**
 * Sets or unsets a variable.
 *
 * @param actions where it goes
 * @param scope its scope
 * @param name its name
 * @param value what it becomes; `undefined` unsets it
 */
export function setOrUnset(actions: PolicyActions, scope: Scope, name: string, value: Value | undefined): void {
  if (value === undefined) actions.unset(scope, name);
  else actions.set(scope, name, value);
}
