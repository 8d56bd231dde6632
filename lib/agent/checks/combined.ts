/**
 * The checks `all` and `any`: what other checks of the configuration found, as one finding.
 */
import { reason } from "../../errors.ts";
import type { Check, CheckContext, CheckKind, CheckOptions } from "../check.ts";
import { InvalidCheck } from "../errors.ts";
import { type Asked, type Combination, combine } from "./combined/combine.ts";
import { findCycle } from "./combined/cycles.ts";
import { list, optionHelp, readOptions, required, text } from "./options.ts";

const OPTIONS = { of: required(list(text(256), 100), "the names of the checks that are asked") };

/** The kind `all`. */
export const ALL: CheckKind = combinedCheck("all", "several checks of the configuration that must all be well");

/** The kind `any`. */
export const ANY: CheckKind = combinedCheck("any", "several checks of the configuration of which one is enough");

/**
 * Refuses checks that ask themselves in the end, or ask for what there is not.
 *
 * @param checks all checks of the configuration
 * @throws {InvalidCheck} at the first that is wrong
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { refuseCycles } from "./combined.ts";
 * const both = { name: "both", kind: "all", options: { of: ["web", "both"] } };
 * assert.throws(() => refuseCycles([{ name: "web", kind: "http", options: {} }, both]), {
 *   message: 'Cannot make check "both": it asks itself, by way of "both" > "both"',
 * });
 * ```
 */
export function refuseCycles(
  checks: readonly { readonly name: string; readonly kind: string; readonly options: CheckOptions }[],
): void {
  const names = new Set(checks.map(({ name }) => name));
  const asks = new Map(
    checks.filter(({ kind }) => kind === "all" || kind === "any").map(({ name, options }) => {
      return [name, readOptions(name, options, OPTIONS, "config").of] as const;
    }),
  );
  for (const [name, asked] of asks) {
    const missing = asked.find((one) => !names.has(one));
    if (missing !== undefined) throw new InvalidCheck(name, `it asks "${missing}" and there is no such check`);
  }
  const [name, ...way] = findCycle(asks) ?? [];
  if (name === undefined) return;
  throw new InvalidCheck(name, `it asks itself, by way of "${[name, ...way].join('" > "')}"`);
}

function combinedCheck(name: Combination, summary: string): CheckKind {
  return {
    name,
    summary,
    isOnWire: false,
    wireFields: [],
    options: optionHelp(OPTIONS),
    make: (options, context) => makeCombined(name, options, context),
  };
}

function makeCombined(kind: Combination, given: CheckOptions, { origin, ask }: CheckContext): Check {
  const { of: names } = readOptions(kind, given, OPTIONS, origin);
  if (names.length === 0) throw new InvalidCheck(kind, 'option "of" names no check');
  return {
    kind,
    target: names.join(", "),
    async run(signal) {
      // Who cannot find out counts as who has failed: the others are still worth hearing.
      const asked = names.map(async (name): Promise<Asked> => {
        const finding = await ask(name, signal).catch((thrown: unknown) => {
          return { reply: { health: "fail" }, reason: reason(thrown) } as const;
        });
        return { name, finding };
      });
      return combine(await Promise.all(asked), kind);
    },
  };
}
