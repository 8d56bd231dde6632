/**
 * Reads a small file of text whole: keys, users, secrets.
 */
import type { Outside } from "./sources/outside.ts";

/** Nobody has as many keys or users; a wrong path may lead to something endless. */
const MOST_BYTES = 16 << 20;

/**
 * Reads a file.
 *
 * @param path the file
 * @param outside reads it
 * @throws Error when it cannot be read, is no UTF-8 or has more than 16 MiB
 */
export async function readTextFile(path: string, outside: Outside): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let length = 0;
  for await (const chunk of outside.read(path)) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
