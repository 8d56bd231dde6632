/**
 * The command behind `deno task bench:agent`: what `happi agent` costs for each answer, as if 10,000 servers asked it every
 * two seconds, a connection for each question.
 *
 * The figure is the agent's processor time, since it holds on a noisy machine; the times to the answer hold on a quiet one
 * only. Each row has an agent of its own, so that the memory is the row's. `--seconds 180` shows whether memory stays flat;
 * words choose rows (`v1 flat`). `--through-haproxy` has a real HAProxy with 10,000 servers ask instead.
 *
 * @module
 */

import { CELLS } from "./agent/cells.ts";
import { measure } from "./agent/measure.ts";
import { buildPrograms, startHappi, startNodeos } from "./agent/programs.ts";
import { benchThroughHaproxy } from "./agent/through_haproxy.ts";
import { count, type FigureRow, print, printTable } from "./table.ts";

const HEADS = ["", "answers/s", "checks/s", "CPU us", "of a core", "p50 us", "p99 us", "not up", "MiB"];

if (import.meta.main) {
  const at = Deno.args.indexOf("--seconds");
  const words = Deno.args.filter((word) => /^[a-z]/.test(word));
  const run = Deno.args.includes("--through-haproxy") ? benchThroughHaproxy : bench;
  await run(at < 0 ? 10 : Number(Deno.args[at + 1]), words);
}

async function bench(seconds: number, words: readonly string[]): Promise<void> {
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-bench-" });
  try {
    const programs = await buildPrograms(dir);
    const { process, port } = await startNodeos(programs);
    try {
      print(`Deno ${Deno.version.deno}; the agent on one core, load and nodes on another; ${seconds} s a row`);
      for (const line of programs.missing) print(`left out: ${line}`);
      const rows: FigureRow[] = [];
      for (const cell of CELLS.filter(({ name }) => words.every((word) => name.includes(word)))) {
        await using agent = await startHappi(dir, `http://127.0.0.1:${port}/`);
        const figure = await measure(programs, agent, port, cell, seconds, dir);
        rows.push([
          cell.name,
          count(figure.answersPerSecond),
          count(figure.runsPerSecond),
          figure.cpuUs.toFixed(1),
          `${count(figure.core * 100)} %`,
          count(figure.p50Us),
          count(figure.p99Us),
          count(figure.wrong),
          count(figure.memoryMib),
        ]);
      }
      printTable("10,000 servers", HEADS, rows);
    } finally {
      await process.end();
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
