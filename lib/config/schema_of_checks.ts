/**
 * Values that the tables of checks have beside those of all tables: times, replies, lists with numbers in them.
 */
import { duration, readReply, type Reply } from "../agent/mod.ts";
import { reason } from "../errors.ts";
import type { Read } from "./schema.ts";

/** A time: a number of milliseconds, or `1.5s`, `2m`. */
export function milliseconds(leastMs: number, mostMs: number): Read<number> {
  const type = duration(leastMs, mostMs);
  return (given) => {
    const value = type.read(given);
    return value === undefined ? { wanted: type.wanted } : { value };
  };
}

/** What HAProxy is told: `"drain"`, `"10% up"`. */
export const reply: Read<Reply> = (given) => {
  if (typeof given !== "string") return { wanted: 'words such as "drain" or "10%"' };
  try {
    return { value: readReply(given) };
  } catch (thrown) {
    return { wanted: `words for HAProxy: ${reason(thrown).replace(/^Cannot say that to HAProxy: /, "")}` };
  }
};

/** A word, a number, or a list of some; may be empty. */
export const words: Read<readonly string[]> = (given) => {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const found = list.filter((one) => typeof one === "string" && one !== "" || Number.isSafeInteger(one)).map(String);
  return found.length === list.length ? { value: found } : { wanted: "a list of hosts, networks and ports" };
};
