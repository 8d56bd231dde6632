/**
 * Reads the body of an answer that may be longer than one wants to keep.
 */

/**
 * The body of an HTTP answer, when it is not too long.
 *
 * @param response the answer; its body is used up or cancelled afterwards
 * @param most how many bytes it may have
 * @returns the bytes, or `undefined` when there are more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readLimited } from "./limited_body.ts";
 * assert.equal((await readLimited(new Response("four"), 4))?.length, 4);
 * assert.equal(await readLimited(new Response("fives"), 4), undefined);
 * ```
 */
export async function readLimited(response: Response, most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body.
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
