/**
 * The built-in SPOE policies by themselves: what a decision costs, and for a million prefixes what they take and how long
 * the event loop stands still while they are read again.
 *
 * `deno run -A --v8-flags=--expose-gc scripts/bench/policies.ts`
 *
 * @module
 */

import { Cidr, Ip, type Value } from "../../lib/spop/codec/mod.ts";
import { createAb } from "../../lib/spop/policies/ab.ts";
import { createGeoip } from "../../lib/spop/policies/geoip.ts";
import { createIpReputation } from "../../lib/spop/policies/ip_reputation.ts";
import type { Policy, PolicyActions } from "../../lib/spop/policies/policy.ts";
import type { PrefixTable } from "../../lib/spop/policies/prefixes/prefix_table.ts";
import { createRate } from "../../lib/spop/policies/rate.ts";
import { createUseragent } from "../../lib/spop/policies/useragent.ts";
import { writeMmdb } from "../../tests/spop/policies/mmdb/write_mmdb.ts";
import { ASKED, LISTS, PREFIXES, randomNumbers, writeListElsewhere } from "./policy_lists.ts";
import { count, type FigureRow, median, print, printTable } from "./table.ts";

const ROUNDS = 7;

const random = randomNumbers(7);

/** Measures and prints. */
export async function benchPolicies(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await benchReputation(folder);
    await benchDecisions(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function benchReputation(folder: string): Promise<void> {
  const rows: FigureRow[] = [];
  for (const name of Object.keys(LISTS)) rows.push([name, ...await reputationFigures(folder, name)]);
  printTable(
    `ip_reputation, ${count(PREFIXES)} prefixes from a CSV file, ${count(ASKED)} addresses asked, half of them listed`,
    [
      "",
      "ns/lookup",
      "ns/lookup from bytes",
      "table MiB",
      "with list MiB",
      "process +MiB",
      "reload ms",
      "longest pause ms",
      "pause without reload",
    ],
    rows,
  );
}

async function reputationFigures(folder: string, name: string): Promise<string[]> {
  const path = `${folder}/list.csv`;
  const asked = await writeListElsewhere(path, name);
  const residentBefore = residentMib();
  const tables: PrefixTable[] = [];
  await using policy = await createIpReputation({
    lists: [{ source: path, name: "list" }],
    onTable: (table) => {
      tables[0] = table;
    },
  });
  const idlePauseMs = await longestPauseMs(() => new Promise((resolve) => setTimeout(resolve, 1000)));
  const reloads: number[] = [];
  const pauses: number[] = [];
  for (let round = 0; round < 5; round++) {
    await Deno.utime(path, new Date(), new Date(Date.now() + round * 1000));
    const start = performance.now();
    pauses.push(await longestPauseMs(async () => await policy.reload?.()));
    reloads.push(performance.now() - start);
  }
  const [table] = tables;
  if (table === undefined) throw new Error("Cannot measure: there is no table");
  const ips = Array.from(asked.lengths, (length, index) => Ip.read(asked.bytes, index * 16, length === 4 ? 4 : 6));
  const plain = nsPer(ips.length, (index) => table.score(ips[index] ?? FALLBACK));
  const fromBytes = nsPer(
    ips.length,
    (index) => table.scoreAt(asked.bytes, index * 16, asked.lengths[index] === 4 ? 4 : 16),
  );
  const mib = (value: number) => (value / 2 ** 20).toFixed(1);
  const listed = Number(policy.stats?.()["bytes"]);
  return [
    plain.toFixed(0),
    fromBytes.toFixed(0),
    mib(table.bytes),
    mib(listed),
    (residentMib() - residentBefore).toFixed(0),
    median(reloads).toFixed(0),
    Math.max(...pauses).toFixed(1),
    idlePauseMs.toFixed(1),
  ];
}

const FALLBACK = Ip.v4(0);

/** How long, at most, a timer that is due at once had to wait while something was done. */
async function longestPauseMs(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let isRunning = true;
  let last = performance.now();
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setTimeout(beat, 0);
  };
  setTimeout(beat, 0);
  await work();
  isRunning = false;
  return longest;
}

function residentMib(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  return Deno.memoryUsage().rss / 2 ** 20;
}

let sink = 0;

/** Nanoseconds of one call, the median of some rounds. */
function nsPer(calls: number, call: (index: number) => number): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let index = 0; index < calls; index++) sink += call(index);
    return (performance.now() - start) * 1e6 / calls;
  });
  return median(rounds);
}

async function benchDecisions(folder: string): Promise<void> {
  await Deno.writeFile(`${folder}/city.mmdb`, cityDatabase());
  const ips = Array.from({ length: 4096 }, () => Ip.v4(random()));
  const ipArgs = ips.map((ip) => ({ ip }));
  const keyArgs = ips.map((key) => ({ key }));
  const textArgs = ips.map((ip) => ({ key: `session-${ip}` }));
  const agents = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.5.0",
  ];
  const policies: [string, Policy, readonly Record<string, Value>[]][] = [
    ["ip_reputation, empty", await createIpReputation(), ipArgs],
    ["geoip, 8 variables", await createGeoip({ databases: [`${folder}/city.mmdb`] }), ipArgs],
    ["rate, key is an address", await createRate({ rate: 10 }), keyArgs],
    ["rate, key is a text", await createRate({ rate: 10 }), textArgs],
    ["ab, key is a text", await createAb({ salt: "s", variants: { a: 1, b: 1 } }), textArgs],
    ["useragent", await createUseragent(), agents.map((ua) => ({ ua }))],
  ];
  const actions: PolicyActions = { set: () => void sink++, unset: () => void sink++ };
  const rows = policies.map(([name, policy, args]): FigureRow => {
    const ns = nsPer(100_000, (index) => {
      policy.decide({ name: policy.message.name, args: args[index % args.length] ?? {} }, actions);
      return 1;
    });
    return [name, ns.toFixed(0)];
  });
  for (const [, policy] of policies) await policy[Symbol.asyncDispose]();
  printTable("decisions, with a message that is a plain object", ["", "ns"], rows);
}

/** A database of 4,096 networks that look like a city's. */
function cityDatabase(): Uint8Array<ArrayBuffer> {
  const names = (text: string) =>
    Object.fromEntries(["de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"].map((one) => [one, `${text} ${one}`]));
  const records = Array.from({ length: 4096 }, (_, index) =>
    [new Cidr(Ip.v4(index * 2 ** 20), 12), {
      city: { geoname_id: index, names: names(`City ${index}`) },
      continent: { code: "EU", geoname_id: 1, names: names("Europe") },
      country: { geoname_id: 2, iso_code: "CH", names: names("Switzerland") },
      location: { accuracy_radius: 20, latitude: 47.4, longitude: 8.5, time_zone: "Europe/Zurich" },
      registered_country: { geoname_id: 2, iso_code: "CH", names: names("Switzerland") },
      subdivisions: [{ geoname_id: 3, iso_code: "ZH", names: names("Zurich") }],
    }] as const);
  return writeMmdb(records, { recordSize: 28, ipVersion: 6, databaseType: "City" });
}

if (import.meta.main) {
  print(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores`);
  await benchPolicies();
  if (sink === 0) throw new Error("Cannot measure: nothing was done");
}
