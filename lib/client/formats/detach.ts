/**
 * Letting an answer go: a JavaScript engine may keep a whole 2 MiB answer alive for one 15-character piece cut from it.
 *
 * @module
 */

/** Up to this length V8 copies the characters of a slice; beyond, the slice points into its parent. */
const COPIED_LENGTH = 12;

/**
 * The same text, without a hold on the larger text that it was cut from.
 *
 * @param slice a piece of an answer that outlives the answer
 * @returns an equal string
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { detach } from "./detach.ts";
 *
 * assert.equal(detach("127.0.0.1:29101,rest".slice(0, 15)), "127.0.0.1:29101");
 * ```
 */
export function detach(slice: string): string {
  // Joining makes a new text of this length, and cutting the joint off again points into that one only.
  return slice.length <= COPIED_LENGTH ? slice : (" " + slice).slice(1);
}
