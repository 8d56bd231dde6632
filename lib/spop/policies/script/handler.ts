/**
 * What a user's module must export: a function, or an object with a function `decide` and more where it is wanted.
 */
import { HappiError } from "../../../errors.ts";
import type { PolicyActions, PolicyMessage } from "../policy.ts";

/** The user's code. */
export interface ScriptHandler {
  /** Decides on a message; one that answers at once keeps nothing of the message. */
  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void>;
  /** The verdict when `decide` throws or is late. */
  defaults?(actions: PolicyActions): void;
  /** Called when a newer version has taken over, or the policy ends. */
  close?(): void | Promise<void>;
}

/** The user's module cannot be used. */
export class UnusableScript extends HappiError {
  /**
   * @param where the file
   * @param why what is wrong with it
   * @param cause the error underneath
   */
  constructor(where: string, why: string, cause?: unknown) {
    super("unusable_script", `Cannot use script "${where}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/**
 * The handler that a module exports.
 *
 * @param exports the module
 * @param where the file, for the message
 * @throws {UnusableScript} when it exports none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { handlerOf } from "./handler.ts";
 * const handler = handlerOf({ default: () => {} }, "script.ts");
 * assert.equal(typeof handler.decide, "function");
 * assert.throws(() => handlerOf({}, "script.ts"), /has no default export/);
 * ```
 */
export function handlerOf(exports: Readonly<Record<string, unknown>>, where: string): ScriptHandler {
  const exported: unknown = exports.default;
  if (exported === undefined) throw new UnusableScript(where, "it has no default export");
  if (isDecide(exported)) return { decide: exported };
  if (!isObject(exported) || typeof exported.decide !== "function") {
    throw new UnusableScript(where, 'its default export is neither a function nor an object with a function "decide"');
  }
  for (const name of ["defaults", "close"]) {
    const member = exported[name];
    if (member !== undefined && typeof member !== "function") {
      throw new UnusableScript(where, `"${name}" of its default export is no function`);
    }
  }
  return exported as Readonly<Record<string, unknown>> & ScriptHandler;
}

function isDecide(value: unknown): value is ScriptHandler["decide"] {
  return typeof value === "function";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
