/**
 * What the HTTP caches hold (management guide, "show cache"). Debian's 3.0.11 and 3.2.26 do not survive this command when there
 * are two or more `cache` sections.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectInteger, expectNumber } from "./expect.ts";

/** One cached response. */
export interface CacheEntry {
  /** Hash of what it is the answer to. */
  hash: number | bigint;
  /** Hash of the headers named by `Vary`, hexadecimal. */
  vary: string;
  /** Size in bytes. */
  size: number | bigint;
  /** Blocks that it takes. */
  blocks: number | bigint;
  /** How many streams are reading it. */
  refcount: number | bigint;
  /** Seconds until it expires; negative when it has. */
  expire: number | bigint;
  /** `full` or `hints` (3.5 and later). */
  type?: string;
}

/** One cache. */
export interface Cache {
  /** Its name. */
  name: string;
  /** Blocks that are free. */
  available_blocks: number;
  /** What it holds. */
  entries: CacheEntry[];
}

/**
 * Reads the answer to `show cache`.
 *
 * @param answer the whole answer; blank when there is no cache
 * @returns the caches
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCaches } from "./cache.ts";
 *
 * const [cache] = parseCaches(
 *   "0x7f: c1 (shctx:0x7e, available blocks:4096)\n" +
 *     "0x7d hash:2585673054 vary:0x00 size:2206 (3 blocks), refcount:0, expire:58\n\n",
 * );
 * assert.equal(cache?.name, "c1");
 * assert.deepEqual(cache?.entries, [{ hash: 2585673054, vary: "0x00", size: 2206, blocks: 3, refcount: 0, expire: 58 }]);
 * ```
 */
export function parseCaches(answer: string): Cache[] {
  const caches: Cache[] = [];
  for (const line of answerLines(answer)) {
    const [, name, blocks] = /^0x[0-9a-f]+: (.+) \(shctx:0x[0-9a-f]+, available blocks:(\d+)\)$/.exec(line) ?? [];
    const cache = caches.at(-1);
    if (name !== undefined) caches.push({ name, available_blocks: expectNumber(COMMAND, blocks, answer), entries: [] });
    else if (cache !== undefined) cache.entries.push(readEntry(line, answer));
    else throw new UnexpectedAnswer(COMMAND, '"0x<pointer>: <name> (shctx:...)"', answer, line);
  }
  return caches;
}

const COMMAND = "show cache";

function readEntry(line: string, answer: string): CacheEntry {
  const [pointer = "", ...words] = line.split(/,? /);
  const fields = new Map(words.map((word) => [word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1)]));
  const [, blocks] = / \((\d+) blocks?\)/.exec(line) ?? [];
  const vary = fields.get("vary");
  if (!/^0x[0-9a-f]+$/.test(pointer) || vary === undefined) {
    throw new UnexpectedAnswer(COMMAND, '"0x<pointer> hash:<n> vary:<n> size:<n> ..."', answer, line);
  }
  const integer = (text: string | undefined) => expectInteger(COMMAND, text, answer);
  const type = fields.get("type");
  return {
    hash: integer(fields.get("hash")),
    vary,
    size: integer(fields.get("size")),
    blocks: integer(blocks),
    refcount: integer(fields.get("refcount")),
    expire: integer(fields.get("expire")),
    ...(type === undefined ? {} : { type }),
  };
}
