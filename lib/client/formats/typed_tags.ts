/**
 * The tags of HAProxy's typed output, as words: where a value comes from, what it is, what it holds for, and since 3.3
 * whether it outlives a reload (management guide, 9.2 "Typed output format").
 *
 * @module
 */

/** Where a value comes from, by its letter. */
export const ORIGINS = { M: "metric", S: "status", K: "key", C: "config", P: "product" } as const;

/** What a value is, by its letter. */
// deno-fmt-ignore -- packed, as the table it is
export const NATURES = {
  A: "age", a: "average", C: "counter", D: "duration", G: "gauge", L: "limit", M: "maximum", m: "minimum", N: "name",
  O: "output", R: "rate", T: "time",
} as const;

/** What a value holds for, by its letter. */
export const SCOPES = { C: "cluster", P: "process", S: "service", s: "system" } as const;

/** Whether a value survives a reload, by its letter. */
export const PERSISTENCES = { V: "volatile", P: "persistent" } as const;

/** What HAProxy says about a value beside the value. */
export interface TypedTags {
  /** Where the value comes from. */
  origin: typeof ORIGINS[keyof typeof ORIGINS];
  /** What the value is, which says how values of several processes go together. */
  nature: typeof NATURES[keyof typeof NATURES];
  /** What the value holds for. */
  scope: typeof SCOPES[keyof typeof SCOPES];
  /** Whether the value survives a reload. Since 3.3. */
  persistence?: typeof PERSISTENCES[keyof typeof PERSISTENCES];
}

/**
 * Decodes the tags of one typed value.
 *
 * @param letters three letters up to HAProxy 3.2, four since
 * @returns the words, undefined when a letter stands for nothing in the guide
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeTags } from "./typed_tags.ts";
 *
 * assert.deepEqual(decodeTags("MGP"), { origin: "metric", nature: "gauge", scope: "process" });
 * assert.equal(decodeTags("MCPP")?.persistence, "persistent");
 * assert.equal(decodeTags("M?P"), undefined);
 * ```
 */
export function decodeTags(letters: string): TypedTags | undefined {
  const [o = "", n = "", s = "", p, rest] = letters;
  const origin = word(ORIGINS, o), nature = word(NATURES, n), scope = word(SCOPES, s);
  if (!origin || !nature || !scope || rest !== undefined) return undefined;
  if (p === undefined) return { origin, nature, scope };
  const persistence = word(PERSISTENCES, p);
  return persistence && { origin, nature, scope, persistence };
}

/** The word for a letter in one of the tables. */
function word<T extends Record<string, string>>(table: T, letter: string): T[keyof T] | undefined {
  for (const key in table) if (key === letter) return table[key];
  return undefined;
}
