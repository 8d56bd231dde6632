/**
 * KV-LIST (SPOE.txt, "List of key/value"): a name and a value, to the end of the payload. HELLO and DISCONNECT are made of it.
 */
import type { Reader } from "./reader.ts";
import { readValue, type Sendable, type Value, writeValue } from "./typed.ts";
import type { Writer } from "./writer.ts";

/**
 * Reads pairs to the end; the first of a name counts.
 *
 * @returns the pairs; `undefined` when the bytes are no KV-LIST
 */
export function readKeyValues(reader: Reader): ReadonlyMap<string, Value> | undefined {
  const pairs = new Map<string, Value>();
  while (!reader.isDone) {
    const name = reader.text();
    const value = readValue(reader);
    if (!pairs.has(name)) pairs.set(name, value);
  }
  return reader.broken ? undefined : pairs;
}

/** Writes pairs in the order given. */
export function writeKeyValues(writer: Writer, pairs: Iterable<readonly [name: string, value: Sendable]>): void {
  for (const [name, value] of pairs) {
    writer.text(name);
    writeValue(writer, value);
  }
}
