/**
 * One measurement: an agent on one core, the load generator on the other, for a while.
 *
 * @module
 */

import { cpuMs } from "../processes.ts";

/** What load: connections, frames in flight on each, and how large the message is. */
export interface Cell {
  readonly connections: number;
  readonly inFlight: number;
  readonly message: "small" | "big";
}

/** What it came to. */
export interface Figure {
  /** Processor time of the agent for each NOTIFY, user and system, in microseconds. */
  readonly cpuUs: number;
  /** NOTIFYs answered in a second. */
  readonly framesPerSecond: number;
  readonly p99Us: number;
}

/** The cells of the table. */
export const CELLS: readonly Cell[] = [
  ...[1, 32].flatMap((inFlight) =>
    [1, 8, 64].map((connections): Cell => ({ connections, inFlight, message: "small" }))
  ),
  { connections: 8, inFlight: 1, message: "big" },
  { connections: 8, inFlight: 32, message: "big" },
];

/** `8x32`, or `8x32 big`. */
export function cellName({ connections, inFlight, message }: Cell): string {
  return `${connections}x${inFlight}${message === "big" ? " big" : ""}`;
}

/** Pins a program to a core. */
export function pinned(core: number, command: readonly string[]): string[] {
  return ["taskset", "-c", String(core), ...command];
}

/**
 * Measures.
 *
 * @param load the load generator's program
 * @param where where the agent listens
 * @param pid the agent's process
 * @param cell what load
 * @param seconds for how long, after a third of it to warm up
 * @returns the figure, or why there is none: an agent may answer wrongly
 */
export async function measure(
  load: string,
  where: string,
  pid: number,
  cell: Cell,
  seconds: number,
): Promise<Figure | string> {
  const warmUp = await generate(load, where, cell, seconds / 3);
  if (typeof warmUp === "string") return warmUp;
  const before = await cpuMs(pid);
  const result = await generate(load, where, cell, seconds);
  if (typeof result === "string") return result;
  const [frames = 0, , p99Us = 0] = result;
  return { cpuUs: (await cpuMs(pid) - before) * 1000 / frames, framesPerSecond: frames / seconds, p99Us };
}

async function generate(load: string, where: string, cell: Cell, seconds: number): Promise<number[] | string> {
  const args = [where, cell.connections, cell.inFlight, seconds, cell.message].map(String);
  const [program = "", ...rest] = pinned(1, [load, ...args]);
  const output = await new Deno.Command(program, { args: rest }).output();
  const text = new TextDecoder().decode(output.stdout).trim();
  if (output.success) return text.split(" ").map(Number);
  return text || new TextDecoder().decode(output.stderr).trim();
}
