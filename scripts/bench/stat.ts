/**
 * `show stat` of 10,000 servers as objects: happi's CSV reader beside `JSON.parse` of HAProxy's own JSON.
 *
 * Each runs in a process of its own (this file again), so that the peak of memory is its own.
 *
 * @module
 */

import { Socket } from "../../lib/socket/mod.ts";
import { parseStat } from "../../lib/client/mod.ts";
import type { RunningHaproxy } from "../haproxy/launch.ts";
import { peakMemoryMib } from "./processes.ts";
import { median, printTable, times } from "./table.ts";

const ROUNDS = 5;

/** What one process has measured. */
interface Figures {
  readonly rows: number;
  readonly megabytes: number;
  /** Ask, read and parse, in milliseconds. */
  readonly totalMs: number;
  /** Parse alone, in milliseconds. */
  readonly parseMs: number;
  readonly peakMib: number;
}

/** Measures and prints. */
export async function benchStat(haproxy: RunningHaproxy): Promise<void> {
  const empty = await measured("nothing", haproxy.socketPath);
  const csv = await measured("csv", haproxy.socketPath);
  const json = await measured("json", haproxy.socketPath);
  const row = (name: string, one: Figures) =>
    [
      name,
      one.megabytes.toFixed(1),
      one.totalMs.toFixed(0),
      one.parseMs.toFixed(0),
      (one.megabytes / one.parseMs * 1000).toFixed(0),
      (one.peakMib - empty.peakMib).toFixed(0),
      times(json.totalMs, one.totalMs),
    ] as const;
  printTable(
    `show stat, ${csv.rows} rows, from the command to objects`,
    ["", "MB", "ms", "ms parsing", "MB/s parsing", "MiB more at the peak", "faster, end to end"],
    [row("CSV, parseStat", csv), row("show stat json, JSON.parse", json)],
  );
}

async function measured(kind: string, socketPath: string): Promise<Figures> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(import.meta.url).pathname, kind, socketPath],
    stderr: "inherit",
  });
  const { stdout } = await command.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function measureHere(kind: string, socketPath: string): Promise<Figures> {
  const totals: number[] = [];
  const parses: number[] = [];
  let rows = 0;
  let megabytes = 0;
  await using socket = new Socket(socketPath, { timeoutMs: 60_000, maxAnswerBytes: 1024 ** 3 });
  for (let round = -1; round < ROUNDS && kind !== "nothing"; round++) {
    const start = performance.now();
    const answer = await socket.send(kind === "csv" ? "show stat" : "show stat json");
    const arrived = performance.now();
    rows = (kind === "csv" ? parseStat(answer) : JSON.parse(answer)).length;
    const end = performance.now();
    megabytes = answer.length / 1e6;
    if (round < 0) continue; // warming up
    totals.push(end - start);
    parses.push(end - arrived);
  }
  return { rows, megabytes, totalMs: median(totals), parseMs: median(parses), peakMib: await peakMemoryMib(Deno.pid) };
}

if (import.meta.main) {
  const [kind = "", socketPath = ""] = Deno.args;
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(await measureHere(kind, socketPath))));
}
