/**
 * The documents that chain APIs answer with: JSON whose integers may have 64 bits, written as numbers or as text.
 */
import { reason } from "../../../errors.ts";
import type { Facts } from "../../check.ts";
import { CheckFailed } from "../../errors.ts";

/**
 * Reads a document. Integers that a `number` would round are `bigint`.
 *
 * @param text the body of an answer
 * @param asked what was asked, for the message
 * @throws {CheckFailed} when it is no JSON; its beginning is shown, since it may be the page of a proxy
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDocument } from "./document.ts";
 * assert.deepEqual(parseDocument('{"a":1,"b":18446744073709551615}', "x"), { a: 1, b: 18446744073709551615n });
 * ```
 */
export function parseDocument(text: string, asked: string): unknown {
  try {
    // The exact way is slow, and hardly ever needed.
    return /\d{16}/.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
  } catch (error) {
    const begin = text.trimStart().slice(0, 40).replaceAll(/[\s\p{Cc}]+/gu, " ");
    const why = text.trim() === ""
      ? "it is empty"
      : /^[[{]/.test(begin)
      ? `it is no whole JSON (${reason(error)})`
      : `it is no JSON but begins with "${begin}"`;
    throw new CheckFailed(`Cannot read the answer of "${asked}": ${why}`, error);
  }
}

/** What is at a path of keys; `undefined` when there is nothing. */
export function fieldOf(document: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined,
    document,
  );
}

/** The text at a path; `undefined` when there is none. */
export function textOf(document: unknown, ...keys: readonly string[]): string | undefined {
  const value = fieldOf(document, ...keys);
  return typeof value === "string" ? value : undefined;
}

/**
 * The integer at a path: a number, or text of decimal digits.
 *
 * @returns `undefined` when there is none
 */
export function integerOf(document: unknown, ...keys: readonly string[]): bigint | undefined {
  const value = fieldOf(document, ...keys);
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** An integer as it is shown among facts: a number, or its digits when a number would round it. */
export function integerFact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Facts without those that are not known. */
export function factsOf(facts: Readonly<Record<string, Facts[string] | bigint | undefined>>): Facts {
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === "bigint" ? integerFact(value) : value] as const]
  );
  return Object.fromEntries(known);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d{1,20}$/.test(source) ? BigInt(source) : value;
}
