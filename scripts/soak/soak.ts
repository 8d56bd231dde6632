/**
 * One agent under traffic for a while.
 *
 * @module
 */

import { count, percentile } from "../bench/table.ts";
import { SoakedAgent } from "./agent.ts";
import type { Holding } from "./flatness.ts";
import { Traffic } from "./traffic.ts";

/** How to soak. */
export interface SoakOptions {
  /** How the agent does its reading and writing: `default` or `epoll`. */
  readonly io: string;
  readonly seconds: number;
  /** So often it is looked at, in seconds. */
  readonly everySeconds: number;
  /** Told a line for each look. */
  readonly tell: (line: string) => void;
}

/** What came of it. */
export interface Soaked {
  readonly samples: readonly Holding[];
  /** Right questions that were answered rightly. */
  readonly answered: number;
  /** Why right questions were not. */
  readonly missing: readonly string[];
  /** Mutated conversations. */
  readonly mutated: number;
  /** Connections that the agent cut off for a fault. */
  readonly disconnects: number;
}

/** Runs an agent under traffic, and looks at it from time to time. */
export async function soak({ io, seconds, everySeconds, tell }: SoakOptions): Promise<Soaked> {
  await using agent = await SoakedAgent.start(io);
  const traffic = new Traffic(agent.port);
  const samples: Holding[] = [];
  const start = performance.now();
  for (let look = 1; look * everySeconds <= seconds; look++) {
    const due = start + look * everySeconds * 1000;
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    const [holding, { frames, disconnects }] = await Promise.all([agent.holding(), agent.counted()]);
    samples.push(holding);
    const p99 = percentile(traffic.takeLatencies(), 0.99);
    tell(
      `${io.padEnd(7)} ${String(look * everySeconds).padStart(5)} s  RSS ${holding.memoryMib.toFixed(1)} MiB  ` +
        `fds ${holding.descriptors}  messages ${count(frames)}  answered ${count(traffic.answered)}  ` +
        `mutated ${count(traffic.mutated)}  errors ${count(disconnects)}  ` +
        `missing ${traffic.missing.length}  p99 ${p99.toFixed(2)} ms`,
    );
  }
  await traffic.stop();
  const { disconnects } = await agent.counted();
  const { answered, missing, mutated } = traffic;
  return { samples, answered, missing, mutated, disconnects };
}
