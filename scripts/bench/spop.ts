/**
 * The command behind `deno task bench:spop`: what an SPOE agent costs for each NOTIFY, happi and its peers side by side.
 *
 * The figure is the agent's processor time, since it holds on a noisy machine; every agent has its turn in every round, and
 * medians are printed. `--seconds 3 --rounds 5` measures longer; words choose agents by their names and cells
 * (`negasus 8x1`). `--through-haproxy` measures HTTP requests through every HAProxy version instead.
 *
 * @module
 */

import { freePort } from "../haproxy/ports.ts";
import { type BenchAgent, buildAgents } from "./spop/agents.ts";
import { type Cell, cellName, CELLS, measure, pinned } from "./spop/measure.ts";
import { report, type Running } from "./spop/report.ts";
import { startAgent } from "./spop/start.ts";
import { benchThroughHaproxy } from "./spop/through_haproxy.ts";
import { print } from "./table.ts";

if (import.meta.main) {
  const option = (name: string, usual: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? usual : Number(Deno.args[at + 1]);
  };
  const words = Deno.args.filter((word) => /^[a-z]|^\d+[x.]/.test(word));
  const run = Deno.args.includes("--through-haproxy") ? benchThroughHaproxy : bench;
  await run(option("seconds", 1), option("rounds", 3), words);
}

async function bench(seconds: number, rounds: number, words: readonly string[]): Promise<void> {
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-bench-" });
  const running: Running[] = [];
  try {
    const { agents, load, missing } = await buildAgents(dir);
    const names = agents.map((agent) => agent.name);
    const cells = CELLS.filter((cell) => isChosen(words, cellName(cell), CELLS.map(cellName)));
    for (const agent of agents.filter((one) => isChosen(words, one.name, names))) {
      for (const transport of ["tcp", "unix"] as const) {
        running.push(await start(agent, transport, dir, running.length));
      }
    }
    print(`Deno ${Deno.version.deno}; agent on core 0, load on core 1; median of ${rounds} rounds of ${seconds} s`);
    for (const line of missing) print(`left out: ${line}`);
    for (let round = 0; round < rounds; round++) await measureAll(load, running, cells, seconds);
    for (const transport of ["tcp", "unix"] as const) {
      await report(transport, cells, running.filter((one) => one.transport === transport));
    }
  } finally {
    for (const { process } of running) await process.end();
    await Deno.remove(dir, { recursive: true });
  }
}

async function measureAll(
  load: string,
  running: readonly Running[],
  cells: readonly Cell[],
  seconds: number,
): Promise<void> {
  for (const cell of cells) {
    for (const { where, process, figures } of running) {
      const figure = await measure(load, where, process.pid, cell, seconds);
      figures.set(cell, [...figures.get(cell) ?? [], figure]);
    }
  }
}

/** Whether a name is among those that the words ask for; all are when no word is about any of them. */
function isChosen(words: readonly string[], name: string, all: readonly string[]): boolean {
  const asked = words.filter((word) => all.some((one) => one.includes(word)));
  return asked.length === 0 || asked.some((word) => name.includes(word));
}

async function start(agent: BenchAgent, transport: "tcp" | "unix", dir: string, index: number): Promise<Running> {
  const where = transport === "unix" ? `unix:${dir}/${index}.sock` : String(freePort());
  const process = await startAgent(agent.name, pinned(0, agent.command(where)), where);
  return { agent, transport, where, process, figures: new Map() };
}
