/**
 * The tables of the benchmark: each agent's figures, and how happi's compare with the best of each kind.
 *
 * @module
 */

import type { GuardedProcess } from "../../haproxy/guarded.ts";
import { peakMemoryMib } from "../processes.ts";
import { count, type FigureRow, median, printTable } from "../table.ts";
import type { BenchAgent } from "./agents.ts";
import { type Cell, cellName, type Figure } from "./measure.ts";

/** An agent that listens, and what was measured. */
export interface Running {
  readonly agent: BenchAgent;
  readonly transport: "tcp" | "unix";
  readonly where: string;
  readonly process: GuardedProcess;
  /** By cell; a string where it answered wrongly. */
  readonly figures: Map<Cell, (Figure | string)[]>;
}

/** Prints what was measured over one transport. */
export async function report(transport: string, cells: readonly Cell[], running: readonly Running[]): Promise<void> {
  const heads = ["", ...cells.map(cellName)];
  const table = (title: string, of: (figure: Figure) => number, write: (value: number) => string) => {
    const rows = running.map((one): FigureRow => [
      one.agent.name,
      ...cells.map((cell) => {
        const value = middle(one, cell, of);
        return value === undefined ? "broken" : write(value);
      }),
    ]);
    printTable(`${transport}: ${title}`, heads, [...rows, ...ratios(cells, running, of)]);
  };
  table("CPU microseconds a frame", (one) => one.cpuUs, (value) => value.toFixed(2));
  table("99th percentile of the latency, microseconds", (one) => one.p99Us, count);
  const memory = await Promise.all(running.map(async ({ agent, process }): Promise<FigureRow> => {
    return [agent.name, count(await peakMemoryMib(process.pid))];
  }));
  printTable(`${transport}: peak of memory`, ["", "MiB"], memory);
}

/** One row for each of happi's loops and each kind of peer. */
function ratios(cells: readonly Cell[], running: readonly Running[], of: (figure: Figure) => number): FigureRow[] {
  const own = running.filter((one) => one.agent.isRated);
  return (["go", "c"] as const).flatMap((kind) => {
    const peers = running.filter((one) => one.agent.kind === kind);
    if (peers.length === 0) return [];
    return own.map((one): FigureRow => [
      `${one.agent.name} / ${kind === "go" ? "best Go" : "C"}`,
      ...cells.map((cell) => {
        const best = Math.min(...peers.map((peer) => middle(peer, cell, of) ?? Infinity));
        const value = middle(one, cell, of);
        return value === undefined || best === Infinity ? "-" : (value / best).toFixed(2);
      }),
    ]);
  });
}

/** The median of a cell; nothing when no round gave a figure. */
function middle(one: Running, cell: Cell, of: (figure: Figure) => number): number | undefined {
  const values = (one.figures.get(cell) ?? []).flatMap((figure) => typeof figure === "string" ? [] : [of(figure)]);
  return values.length === 0 ? undefined : median(values);
}
