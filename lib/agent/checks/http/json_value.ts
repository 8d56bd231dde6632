/**
 * Looks at one value in a JSON document, named by a JSON pointer (RFC 6901).
 */

/** What the value must be. With none of them it must be there, and neither `false` nor `null`. */
export interface JsonWish {
  /** As text: a string itself, anything else as JSON writes it (`true`, `3`). */
  readonly equals?: string | undefined;
  /** A number above this, and below that. */
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** Whether a text is a JSON pointer: empty, or parts each with a `/` before it. */
export function isJsonPointer(text: string): boolean {
  return /^(\/([^~]|~[01])*)*$/u.test(text) && (text === "" || text.startsWith("/"));
}

/**
 * The value that a pointer leads to.
 *
 * @returns `undefined` when it leads nowhere
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { valueAt } from "./json_value.ts";
 * assert.equal(valueAt({ nodes: [{ "a/b": 1 }] }, "/nodes/0/a~1b"), 1);
 * assert.equal(valueAt({ nodes: [] }, "/nodes/0"), undefined);
 * ```
 */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    // A list's own name `length` is none of the document's.
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/**
 * What is wrong with the value that a pointer leads to.
 *
 * @param text the document
 * @returns for people: `"/status" is "starting" and not "ok"`; `undefined` when it is as wished
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wrongInJson } from "./json_value.ts";
 * assert.equal(wrongInJson('{"lag":3}', "/lag", { below: 5 }), undefined);
 * assert.equal(wrongInJson('{"lag":7}', "/lag", { below: 5 }), '"/lag" is 7 and not below 5');
 * assert.equal(wrongInJson("<html>", "/lag", { below: 5 }), "the answer is not JSON");
 * ```
 */
export function wrongInJson(text: string, pointer: string, { equals, above, below }: JsonWish): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return "the answer is not JSON";
  }
  const value = valueAt(document, pointer);
  if (value === undefined) return `there is no "${pointer}"`;
  const written = JSON.stringify(value);
  const is = `"${pointer}" is ${written.length > 80 ? `${written.slice(0, 80)}…` : written}`;
  if (equals !== undefined && equals !== (typeof value === "string" ? value : written)) {
    return `${is} and not "${equals}"`;
  }
  if (above !== undefined && !(asNumber(value) > above)) return `${is} and not above ${above}`;
  if (below !== undefined && !(asNumber(value) < below)) return `${is} and not below ${below}`;
  const isAnything = equals === undefined && above === undefined && below === undefined;
  return isAnything && (value === false || value === null) ? is : undefined;
}

/** A number, also one that is written as a string; `NaN` compares as nothing does. */
function asNumber(value: unknown): number {
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return typeof value === "number" ? value : NaN;
}
