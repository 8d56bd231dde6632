/**
 * A whole body in one buffer, put together in slices.
 */
import { Slices } from "../slices.ts";

/**
 * Reads a body to its end.
 *
 * @param body its chunks, which need only be valid until the next one is asked for
 * @returns all bytes
 */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    chunks.push(chunk.slice());
    total += chunk.length;
  }
  const all = new Uint8Array(total);
  const slices = new Slices();
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
    if (slices.isOver) await slices.next();
  }
  return all;
}
