/**
 * HAProxy's memory pools (management guide, "show pools").
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectInteger, expectMatch } from "./expect.ts";

/** An object that uses a pool (`show pools detailed`, 3.2 and later). */
export interface PoolUser {
  /** Its name. */
  name: string;
  /** What is behind the name, such as `size=16384 flags=0x3 align=64 [src/dynbuf.c:37]`. */
  text: string;
}

/** One pool. Sizes are bytes. */
export interface Pool {
  /** Its name; the first 11 characters of it. */
  name: string;
  /** Size of one object. */
  size: number | bigint;
  /** Alignment of the objects (3.3 and later). */
  align?: number | bigint;
  /** Objects allocated. */
  allocated: number | bigint;
  /** Bytes allocated. */
  allocated_bytes: number | bigint;
  /** Objects in use. */
  used: number | bigint;
  /** How many of those lie in the caches of the threads. */
  cached?: number | bigint;
  /** Average of the objects that were needed. */
  needed_avg: number | bigint;
  /** Allocations that failed. */
  failures: number | bigint;
  /** How many kinds of objects share it. */
  users: number | bigint;
  /** Whether threads share it. */
  shared: boolean;
  /** The kinds of objects; empty without `detailed`. */
  detail: PoolUser[];
}

/** All pools. */
export interface Pools {
  /** The pools that were asked for. */
  pools: Pool[];
  /** Number of pools that the sums are about. */
  total_pools: number | bigint;
  /** Bytes allocated by all of them. */
  total_allocated_bytes: number | bigint;
  /** Bytes in use by all of them. */
  total_used_bytes: number | bigint;
}

/**
 * Reads the answer to `show pools` with any of its options.
 *
 * @param answer the whole answer
 * @returns the pools and the sums
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePools } from "./pools.ts";
 *
 * const { pools, total_pools } = parsePools(
 *   "Dumping pools usage. Use SIGQUIT to flush them.\n" +
 *     "  - Pool buffer (16384 bytes/64) : 12 allocated (196608 bytes), 12 used (~6 by thread caches), " +
 *     "needed_avg 8, 0 failures, 1 users, @0x562a2cd39e80 [SHARED]\n" +
 *     "Total: 1 pools, 196608 bytes allocated, 196608 used (~98304 by thread caches).\n\n",
 * );
 * assert.equal(total_pools, 1);
 * assert.deepEqual([pools[0]?.name, pools[0]?.size, pools[0]?.cached, pools[0]?.shared], ["buffer", 16384, 6, true]);
 * ```
 */
export function parsePools(answer: string): Pools {
  const [title, ...lines] = answerLines(answer);
  if (title === undefined || !title.startsWith("Dumping pools usage")) {
    throw new UnexpectedAnswer(COMMAND, 'the title "Dumping pools usage"', answer, title ?? "");
  }
  const [count, allocated, used] = expectMatch(COMMAND, 'the line "Total: "', TOTAL, lines.pop(), answer);
  const pools: Pool[] = [];
  for (const line of lines) {
    const [, name, text = ""] = /^ +> {2}([^:]+): (.*)$/.exec(line) ?? [];
    const last = pools.at(-1);
    if (name !== undefined && last !== undefined) last.detail.push({ name: name.trimEnd(), text });
    else pools.push(readPool(line, answer));
  }
  return {
    pools,
    total_pools: expectInteger(COMMAND, count, answer),
    total_allocated_bytes: expectInteger(COMMAND, allocated, answer),
    total_used_bytes: expectInteger(COMMAND, used, answer),
  };
}

const COMMAND = "show pools";
const TOTAL = /^Total: (\d+) pools, (\d+) bytes allocated, (\d+) used(?: \(~\d+ by thread caches\))?\.$/;
const POOL = new RegExp(
  "^ {2}- Pool (.+) \\((\\d+) bytes(?:/(\\d+))?\\) : (\\d+) allocated \\((\\d+) bytes\\), (\\d+) used" +
    "(?: \\(~(\\d+) by thread caches\\))?, needed_avg (\\d+), (\\d+) failures, (\\d+) users, @0x[0-9a-f]+( \\[SHARED\\])?$",
);

function readPool(line: string, answer: string): Pool {
  const [name = "", size, align = "", allocated, bytes, used, cached = "", needed, failures, users, shared] =
    expectMatch(
      COMMAND,
      '"- Pool <name> (<size> bytes) : ..."',
      POOL,
      line,
      answer,
    );
  const integer = (text: string | undefined) => expectInteger(COMMAND, text, answer);
  return {
    name,
    size: integer(size),
    ...(align === "" ? {} : { align: integer(align) }),
    allocated: integer(allocated),
    allocated_bytes: integer(bytes),
    used: integer(used),
    ...(cached === "" ? {} : { cached: integer(cached) }),
    needed_avg: integer(needed),
    failures: integer(failures),
    users: integer(users),
    shared: shared !== "",
    detail: [],
  };
}
