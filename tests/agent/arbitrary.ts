/** Anything that may be said to HAProxy, and anything that may be asked. */

import fc from "fast-check";
import type { Reply } from "../../lib/agent/reply.ts";

/** A reply without text that says something. */
export const wordsOnly: fc.Arbitrary<Reply> = fc.record<Reply, never>({
  health: fc.constantFrom("up", "down", "fail", "stopped"),
  admin: fc.constantFrom("ready", "drain", "maint"),
  weight: fc.oneof(
    fc.integer({ min: 0, max: 25_600 }).map((percent) => ({ percent })),
    fc.integer({ min: 0, max: 256 }).map((absolute) => ({ absolute })),
  ),
  maxconn: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
}, { requiredKeys: [], noNullPrototype: true }).filter((reply) => Object.keys(reply).length > 0);

/** Bytes as somebody may send them, decoded as they are decoded. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.array(
    fc.constantFrom(
      "up",
      "DOWN",
      "50%",
      "weight:",
      "maxconn:-1",
      "#",
      " ",
      ",",
      "\t",
      "|",
      ":",
      "=",
      "%",
      "\0",
      "\r",
      "\n",
    ),
    { maxLength: 30 },
  ).map((words) => words.join("")),
);
