/**
 * What a text is expected to hold: a literal text, or a pattern.
 *
 * A pattern is a regular expression of JavaScript, whose engine goes back and may take exponential time on a pattern such as
 * `(a+)+$`. So patterns are the configuration's only, never a request's on the wire, and are tried on no more than the first
 * 64 KiB of a text.
 */
import { configOnly, custom, optional, type OptionValues } from "./options.ts";

/** On so much of a text a pattern is tried. */
export const PATTERN_CHARACTERS = 64 * 1024;

const literal = custom<string>(
  "a text of 1 to 1024 characters",
  (value) => typeof value === "string" && value.length > 0 && value.length <= 1024 ? value : undefined,
);

const pattern = custom<RegExp>("a regular expression of up to 1024 characters", (value) => {
  if (typeof value !== "string" || value === "" || value.length > 1024) return undefined;
  try {
    return new RegExp(value, "su");
  } catch {
    return undefined;
  }
});

/** To be spread into a kind's table of options. */
export const EXPECTATION_OPTIONS = {
  expect: optional(literal, "a text that the answer must hold"),
  matches: configOnly(optional(pattern, "a regular expression that the answer must match")),
};

/** What {@linkcode EXPECTATION_OPTIONS} are read as. */
export type Expectation = OptionValues<typeof EXPECTATION_OPTIONS>;

/** Whether anything is expected. */
export function isExpecting({ expect, matches }: Expectation): boolean {
  return expect !== undefined || matches !== undefined;
}

/**
 * What is missing in a text.
 *
 * @returns for people: `no "ready"`; `undefined` when all is there
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { missingIn } from "./expectation.ts";
 * assert.equal(missingIn("220 mail ESMTP", { expect: "220", matches: /^2/ }), undefined);
 * assert.equal(missingIn("554 go away", { expect: "220", matches: undefined }), 'no "220"');
 * ```
 */
export function missingIn(text: string, { expect, matches }: Expectation): string | undefined {
  if (expect !== undefined && !text.includes(expect)) return `no "${expect}"`;
  if (matches !== undefined && !matches.test(text.slice(0, PATTERN_CHARACTERS))) return `nothing like ${matches}`;
  return undefined;
}
