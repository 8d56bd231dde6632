/**
 * One measurement: the load for a while, and what the agent has spent on it.
 *
 * @module
 */

import { cpuMs } from "../processes.ts";
import { type Cell, linesOf, SERVERS } from "./cells.ts";
import { type BenchedAgent, pin, type Programs } from "./programs.ts";

/** What it came to. */
export interface Figure {
  readonly answersPerSecond: number;
  /** Checks that were run, in a second. */
  readonly runsPerSecond: number;
  /** Processor time of the agent for each answer, user and system, in microseconds. */
  readonly cpuUs: number;
  /** The part of a core that the agent had, 0 to 1. */
  readonly core: number;
  /** From the connection's begin to the answer. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** Questions without an answer, and answers that do not say "up". */
  readonly wrong: number;
  /** In use at the end. */
  readonly memoryMib: number;
}

/** What the load has seen. */
interface Load {
  readonly answers: number;
  readonly ups: number;
  readonly failures: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/**
 * Measures a row.
 *
 * @param programs which load
 * @param agent who is asked
 * @param nodePort where the nodes are
 * @param cell the row
 * @param seconds for how long, after two rounds of all targets to warm up
 * @param dir where the questions are written
 */
export async function measure(
  programs: Programs,
  agent: BenchedAgent,
  nodePort: number,
  cell: Cell,
  seconds: number,
  dir: string,
): Promise<Figure> {
  const lines = `${dir}/lines-${agent.port}`;
  await Deno.writeTextFile(lines, linesOf(cell, nodePort));
  await generate(programs, agent.port, cell, Math.max(3, cell.rate === 0 ? 0 : 2 * cell.targets / cell.rate), lines);
  // What it is asked for its counts is not measured.
  const [before, cpu] = [await agent.counts(), await cpuMs(agent.pid)];
  const load = await generate(programs, agent.port, cell, seconds, lines);
  const [spentMs, after] = [await cpuMs(agent.pid) - cpu, await agent.counts()];
  return {
    answersPerSecond: load.answers / seconds,
    runsPerSecond: (after.runs - before.runs) / seconds,
    cpuUs: spentMs * 1000 / load.answers,
    core: spentMs / (seconds * 1000),
    p50Us: load.p50Us,
    p99Us: load.p99Us,
    wrong: load.failures + load.answers - load.ups,
    memoryMib: await memoryMib(agent.pid),
  };
}

/** Memory that a process has in use now, in MiB. */
export async function memoryMib(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1]) / 1024;
}

async function generate({ load }: Programs, port: number, cell: Cell, seconds: number, lines: string): Promise<Load> {
  const connections = cell.rate > 0 ? SERVERS / 2 : cell.targets === 1 ? 64 : 256;
  const args = [port, cell.rate, connections, seconds].map(String);
  const [program = "", ...rest] = await pin("other", [load, ...args, lines]);
  const { success, stdout, stderr } = await new Deno.Command(program, { args: rest }).output();
  if (!success) throw new Error(`Cannot measure: the load says "${new TextDecoder().decode(stderr).trim()}"`);
  const [answers = 0, ups = 0, failures = 0, p50Us = 0, p99Us = 0] = new TextDecoder().decode(stdout).split(" ").map(
    Number,
  );
  return { answers, ups, failures, p50Us, p99Us };
}
