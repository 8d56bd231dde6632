/**
 * The name servers and their counters (management guide, "show resolvers", and "show stat domain resolvers" for the same numbers
 * in CSV).
 *
 * @module
 */

import { parseCsv } from "./csv.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectInteger } from "./expect.ts";

/** One name server. */
export interface Nameserver {
  /** Its name. */
  name: string;
  /** Its counters, such as `sent`, `valid`, `nx`, `timeout`. `show resolvers` says `snd_error` where the CSV says `send_error`. */
  counters: Record<string, number | bigint>;
}

/** One resolvers section. The section `default` is always there. */
export interface Resolvers {
  /** Its name. */
  name: string;
  /** Its name servers. */
  nameservers: Nameserver[];
}

/**
 * Reads the answer to `show resolvers [<section>]`.
 *
 * @param answer the whole answer
 * @returns the sections with their name servers
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseResolvers } from "./resolvers.ts";
 *
 * assert.deepEqual(parseResolvers("Resolvers section dns1\n nameserver ns1:\n  sent:        6\n  valid:       5\n\n"), [
 *   { name: "dns1", nameservers: [{ name: "ns1", counters: { sent: 6, valid: 5 } }] },
 * ]);
 * ```
 */
export function parseResolvers(answer: string): Resolvers[] {
  const sections: { name: string; nameservers: { name: string; counters: [string, number | bigint][] }[] }[] = [];
  for (const line of answerLines(answer)) {
    const [, section] = /^Resolvers section (.+)$/.exec(line) ?? [];
    const [, nameserver] = /^ nameserver (.+):$/.exec(line) ?? [];
    const [, counter, value] = /^ {2}([a-z_]+): +(\d+)$/.exec(line) ?? [];
    const last = sections.at(-1);
    const counters = last?.nameservers.at(-1)?.counters;
    if (section !== undefined) sections.push({ name: section, nameservers: [] });
    else if (nameserver !== undefined && last) last.nameservers.push({ name: nameserver, counters: [] });
    else if (counter !== undefined && counters) counters.push([counter, expectInteger(SHOW, value, answer)]);
    else throw new UnexpectedAnswer(SHOW, "a section, its name servers, their counters", answer, line);
  }
  if (sections.length === 0) throw new UnexpectedAnswer(SHOW, "a resolvers section", answer);
  return sections.map(({ name, nameservers }) => ({
    name,
    nameservers: nameservers.map(({ name, counters }) => ({ name, counters: Object.fromEntries(counters) })),
  }));
}

/**
 * Reads the answer to `show stat domain resolvers`: the same in CSV, found by its header.
 *
 * @param answer the whole answer
 * @returns the sections with their name servers, in HAProxy's order
 * @throws {UnexpectedAnswer} when the answer is no such CSV
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseResolversStat } from "./resolvers.ts";
 *
 * assert.deepEqual(parseResolversStat("# id,pid,sent,valid,\nns1,dns1,6,5,\n\n"), [
 *   { name: "dns1", nameservers: [{ name: "ns1", counters: { sent: 6, valid: 5 } }] },
 * ]);
 * ```
 */
export function parseResolversStat(answer: string): Resolvers[] {
  const { columns, rows } = parseCsv(STAT, answer);
  const id = columns.indexOf("id");
  const pid = columns.indexOf("pid");
  if (id < 0 || pid < 0) throw new UnexpectedAnswer(STAT, 'the columns "id" and "pid"', answer);
  const sections = new Map<string, Resolvers>();
  for (const row of rows) {
    const name = row[pid] ?? "";
    const section = sections.get(name) ?? { name, nameservers: [] };
    sections.set(name, section);
    const counters = columns.flatMap((column, index) =>
      index === id || index === pid ? [] : [[column, expectInteger(STAT, row[index], answer)] as const]
    );
    section.nameservers.push({ name: row[id] ?? "", counters: Object.fromEntries(counters) });
  }
  return [...sections.values()];
}

const SHOW = "show resolvers";
const STAT = "show stat domain resolvers";
