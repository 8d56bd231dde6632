/**
 * Finds which of many texts occur in another one, in one pass over it: an Aho-Corasick automaton with a table for every
 * state. The time is linear in the text, whatever the rules and whatever the text.
 *
 * Hot path: two table look-ups a character; nothing is allocated.
 */
import { HappiError } from "../../../errors.ts";

/** The rules cannot be compiled. */
export class InvalidRules extends HappiError {
  /**
   * @param what the rules, or one of them
   * @param why what is wrong
   */
  constructor(what: string, why: string) {
    super("invalid_rules", `Cannot use ${what}: ${why}`);
  }
}

/** Rules compiled into one automaton. */
export class Matcher {
  /** How many states there are. */
  readonly states: number;
  readonly #symbols: Uint8Array;
  readonly #width: number;
  readonly #next: Uint32Array;
  readonly #found: Int32Array;

  /**
   * Compiles patterns of printable ASCII characters. Letters match in either case; `^` at the beginning stands for the
   * text's beginning and `$` at the end for its end.
   *
   * @param patterns the first one that matches wins
   * @throws {InvalidRules} when a pattern is empty or has other characters, or all of them are too large together
   */
  constructor(patterns: readonly string[]) {
    const codes = patterns.map(codesOf);
    const [symbols, width] = alphabetOf(codes);
    const most = 1 + codes.reduce((sum, one) => sum + one.length, 0);
    if (most * width > MAX_CELLS) {
      throw new InvalidRules(
        `${patterns.length} patterns`,
        `they have more than ${Math.floor(MAX_CELLS / width)} characters`,
      );
    }
    const next = new Uint32Array(most * width);
    const found = new Int32Array(most).fill(NONE);
    const states = plant(codes, symbols, width, next, found);
    connect(states, width, next, found);
    this.states = states;
    this.#symbols = symbols;
    this.#width = width;
    this.#next = next.slice(0, states * width);
    this.#found = found.slice(0, states);
  }

  /**
   * The first pattern that occurs in a text.
   *
   * @param text any text
   * @returns the pattern's place among the patterns, or -1
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { Matcher } from "./matcher.ts";
   * const matcher = new Matcher(["^curl/", "bot"]);
   * assert.equal(matcher.find("Googlebot, not curl/8"), 1);
   * assert.equal(matcher.find("libcurl/8"), -1);
   * ```
   */
  find(text: string): number {
    const symbols = this.#symbols;
    const next = this.#next;
    const found = this.#found;
    const width = this.#width;
    let state = next[symbols[BEGIN] ?? 0] ?? 0;
    let best = found[state] ?? NONE;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = next[state * width + (code > END && code < 128 ? symbols[code] ?? 0 : 0)] ?? 0;
      const one = found[state] ?? NONE;
      if (one < best) best = one;
    }
    state = next[state * width + (symbols[END] ?? 0)] ?? 0;
    best = Math.min(best, found[state] ?? NONE);
    return best === NONE ? -1 : best;
  }
}

/** Codes that no pattern's character has, for a text's beginning and its end. */
const BEGIN = 1;
const END = 2;
const NONE = 0x7fffffff;
/** 64 MiB of transitions. */
const MAX_CELLS = 2 ** 24;

function codesOf(pattern: string): number[] {
  const hasBegin = pattern.startsWith("^");
  const hasEnd = pattern.length > 1 && pattern.endsWith("$");
  const inner = pattern.slice(hasBegin ? 1 : 0, hasEnd ? -1 : undefined);
  if (inner === "" && !(hasBegin && hasEnd)) throw new InvalidRules(`pattern "${pattern}"`, "it is empty");
  if (!/^[ -~]*$/.test(inner)) {
    throw new InvalidRules(`pattern "${pattern}"`, "it has other than printable ASCII characters");
  }
  const codes = Array.from(inner.toLowerCase(), (one) => one.charCodeAt(0));
  return [...(hasBegin ? [BEGIN] : []), ...codes, ...(hasEnd ? [END] : [])];
}

/** A number for each character that a pattern has; 0 for all others. */
function alphabetOf(codes: readonly (readonly number[])[]): [Uint8Array, number] {
  const symbols = new Uint8Array(128);
  let width = 1;
  for (const one of codes) for (const code of one) if (symbols[code] === 0) symbols[code] = width++;
  for (let upper = 0x41; upper <= 0x5a; upper++) symbols[upper] = symbols[upper + 0x20] ?? 0;
  return [symbols, width];
}

/** Makes the tree of the patterns; how many states it has. */
function plant(
  codes: readonly (readonly number[])[],
  symbols: Uint8Array,
  width: number,
  next: Uint32Array,
  found: Int32Array,
): number {
  let states = 1;
  for (const [index, one] of codes.entries()) {
    let state = 0;
    for (const code of one) {
      const cell = state * width + (symbols[code] ?? 0);
      if (next[cell] === 0) next[cell] = states++;
      state = next[cell] ?? 0;
    }
    found[state] = Math.min(found[state] ?? NONE, index);
  }
  return states;
}

/** Fills the rest of the table: where no pattern goes on, the longest one that may still begin does. */
function connect(states: number, width: number, next: Uint32Array, found: Int32Array): void {
  const fallback = new Uint32Array(states);
  const queue = new Uint32Array(states);
  let end = 0;
  for (let symbol = 0; symbol < width; symbol++) {
    const child = next[symbol] ?? 0;
    if (child !== 0) queue[end++] = child;
  }
  for (let at = 0; at < end; at++) {
    const state = queue[at] ?? 0;
    const back = fallback[state] ?? 0;
    found[state] = Math.min(found[state] ?? NONE, found[back] ?? NONE);
    for (let symbol = 0; symbol < width; symbol++) {
      const cell = state * width + symbol;
      const child = next[cell] ?? 0;
      const other = next[back * width + symbol] ?? 0;
      if (child === 0) next[cell] = other;
      else {
        fallback[child] = other;
        queue[end++] = child;
      }
    }
  }
}
