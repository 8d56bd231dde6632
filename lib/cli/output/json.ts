/**
 * Results as JSON: 64-bit counters stay plain integers with all their digits.
 */

/**
 * Writes JSON.
 *
 * @param isIndented for people's eyes; one line otherwise
 * @returns the text, with a line feed at its end; nothing is `null`
 */
export function toJson(value: unknown, isIndented = false): string {
  const indent = isIndented ? 2 : undefined;
  try {
    return `${JSON.stringify(value, undefined, indent) ?? "null"}\n`;
  } catch (thrown) {
    // Most results hold no bigint, and a replacer makes JSON.stringify several times slower.
    if (!(thrown instanceof TypeError)) throw thrown;
    return `${JSON.stringify(value, writeBigint, indent)}\n`;
  }
}

function writeBigint(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? JSON_WITH_RAW.rawJSON(String(value)) : value;
}

/** `JSON.rawJSON` (ECMAScript's "JSON.parse source text access"), which TypeScript's library does not declare yet. */
const JSON_WITH_RAW = JSON as typeof JSON & { rawJSON(text: string): object };
