/**
 * What requests on the wire may name, as one list of words: `["private", "api.example.com", "192.0.2.0/24", "8000-8999"]`.
 */
import { parseNetwork } from "./ip.ts";
import { DEFAULT_NETWORKS, type TargetRules } from "./rules.ts";

/**
 * Sorts the words of a list: ports, networks, the word `private` for the networks that are allowed when nothing is said,
 * and names of hosts. Of what no word speaks, the default stays: all ports, the private networks.
 *
 * @param words an empty list allows nothing
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readAllowList } from "./allow_list.ts";
 * assert.deepEqual(readAllowList(["api.example.com", "192.0.2.0/24", 8888, "8000-8099"]), {
 *   hosts: ["api.example.com"],
 *   networks: ["192.0.2.0/24"],
 *   ports: ["8888", "8000-8099"],
 * });
 * assert.deepEqual(readAllowList(["8888"]), { ports: ["8888"] });
 * ```
 */
export function readAllowList(words: readonly (string | number)[]): TargetRules {
  if (words.length === 0) return { networks: [] };
  const sorted = Map.groupBy(words.map(String), sortOf);
  const networks = sorted.get("networks")?.flatMap((word) => word === "private" ? DEFAULT_NETWORKS : [word]);
  const [hosts, ports] = [sorted.get("hosts"), sorted.get("ports")];
  return {
    ...(hosts === undefined ? {} : { hosts }),
    ...(networks === undefined ? {} : { networks }),
    ...(ports === undefined ? {} : { ports }),
  };
}

function sortOf(word: string): keyof TargetRules {
  if (/^\d+(-\d+)?$/.test(word)) return "ports";
  // What looks like a network and is none is told as such.
  return word === "private" || word.includes("/") || parseNetwork(word) !== undefined ? "networks" : "hosts";
}
