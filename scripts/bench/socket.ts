/**
 * Commands per second over the CLI socket: a connection a command, a shared session, a batch.
 *
 * @module
 */

import { Socket } from "../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../haproxy/launch.ts";
import { cpuMs } from "./processes.ts";
import { count, type FigureRow, median, printTable, times } from "./table.ts";

const COMMAND = "get weight be_7/s7";
const ROUNDS = 5;
const CALLERS = 16;

/** Measures and prints. The variants take turns, round by round. */
export async function benchSocket(haproxy: RunningHaproxy): Promise<void> {
  await using socket = new Socket(haproxy.socketPath);
  const alone = (options: { reuse?: boolean }) => async (commands: number) => {
    for (let done = 0; done < commands; done++) await socket.send(COMMAND, options);
  };
  const together = (options: { reuse?: boolean }) => async (commands: number) => {
    const each = alone(options);
    await Promise.all(Array.from({ length: CALLERS }, () => each(commands / CALLERS)));
  };
  const variants: readonly (readonly [string, number, (commands: number) => Promise<unknown>])[] = [
    ["a connection a command, 1 caller", 1_600, alone({})],
    [`a connection a command, ${CALLERS} callers`, 1_600, together({})],
    ["one session, 1 caller", 3_200, alone({ reuse: true })],
    [`one session, ${CALLERS} callers`, 16_000, together({ reuse: true })],
    ["batches of 100", 16_000, async (commands) => {
      const batch = Array.from({ length: 100 }, () => COMMAND);
      for (let done = 0; done < commands; done += batch.length) await socket.batch(batch);
    }],
    ["one batch", 16_000, (commands) => socket.batch(Array.from({ length: commands }, () => COMMAND))],
  ];
  const rates = variants.map((): number[] => []);
  const costs = variants.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, [, commands, run]] of variants.entries()) {
      const before = await cpuMs(haproxy.pid);
      const start = performance.now();
      await run(commands);
      const seconds = (performance.now() - start) / 1000;
      if (round < 0) continue; // warming up
      rates[index]?.push(commands / seconds);
      costs[index]?.push((await cpuMs(haproxy.pid) - before) * 1000 / commands);
    }
  }
  const base = median(rates[0] ?? []);
  const rows = variants.map(([name], index): FigureRow => {
    const rate = median(rates[index] ?? []);
    return [name, count(rate), times(rate, base), median(costs[index] ?? []).toFixed(1)];
  });
  printTable(`CLI socket, "${COMMAND}"`, ["", "commands/s", "ratio", "HAProxy us/command"], rows);
}
