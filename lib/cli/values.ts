/**
 * Values on the command line: how each is called in the help, completed by the shell, and read.
 */
import { ensureNonEmptyString } from "@optique/core/nonempty";
import type { Suggestion } from "@optique/core/parser";
import type { ValueParser } from "@optique/core/valueparser";
import { UsageError } from "./usage_error.ts";

/** A word that the shell offers, with a line about it where there is one. */
export type Offer = string | readonly [word: string, about: string];

/** Any word; what it means is read later, by code that knows. The shell offers the choices, where there are some. */
export function word(metavar: string, choices: readonly Offer[] = []): ValueParser<"sync", string> {
  return anyWord(metavar, offer(choices));
}

/** The path of a file; the shell offers what is there. */
export function path(metavar: string): ValueParser<"sync", string> {
  return anyWord(metavar, function* (prefix) {
    yield { kind: "file", type: "any", pattern: prefix };
  });
}

/** One of a few words. */
export function choice<const W extends string>(metavar: string, choices: readonly W[]): ValueParser<"sync", W> {
  const [first] = choices;
  if (first === undefined) throw new RangeError("a choice needs words to choose from");
  ensureNonEmptyString(metavar);
  return {
    mode: "sync",
    metavar,
    suggest: offer(choices),
    parse(input) {
      const value = choices.find((one) => one.toLowerCase() === input.toLowerCase());
      if (value !== undefined) return { success: true, value };
      const why = `"${input}" is none of ${choices.join(", ")}`;
      return { success: false, error: [{ type: "text", text: why }] };
    },
    format: (value) => value,
    placeholder: first,
  };
}

/**
 * Reads a length of time such as `500ms`, `30s`, `5m`, `2h`; a number without a unit could mean anything.
 *
 * @param option the option's name, for the error
 * @returns milliseconds
 * @throws {UsageError} when the text is no such time
 */
export function readDuration(option: string, given: string): number {
  const parts = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(given);
  const ms = parts ? Math.round(Number(parts[1]) * (UNIT_MS[parts[2] ?? ""] ?? NaN)) : NaN;
  if (!(ms <= LONGEST_MS)) {
    throw new UsageError(`Cannot use "${given}" as ${option}: write a time such as "500ms", "10s" or "5m", up to 24d`);
  }
  return ms;
}

/**
 * Reads a whole number within limits.
 *
 * @param option the option's name, for the error
 * @throws {UsageError} when the text is no such number
 */
export function readInteger(option: string, given: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`Cannot use "${given}" as ${option}: it must be a whole number from ${min} to ${max}`);
  }
  return value;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Timers count in 31 bits. */
const LONGEST_MS = 24 * 86_400_000;

function offer(choices: readonly Offer[]): (prefix: string) => Iterable<Suggestion> {
  const all = choices.map((one): Suggestion => {
    if (typeof one === "string") return { kind: "literal", text: one };
    return { kind: "literal", text: one[0], description: [{ type: "text", text: one[1] }] };
  });
  return (prefix) => all.filter((one) => one.kind === "literal" && one.text.startsWith(prefix));
}

function anyWord(metavar: string, suggest: (prefix: string) => Iterable<Suggestion>): ValueParser<"sync", string> {
  ensureNonEmptyString(metavar);
  return {
    mode: "sync",
    metavar,
    parse: (input) => ({ success: true, value: input }),
    format: (value) => value,
    placeholder: "",
    suggest,
  };
}
