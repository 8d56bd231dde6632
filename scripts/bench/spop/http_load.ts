/**
 * HTTP load on a HAProxy: by `wrk` where there is one, else by the project's own generator.
 *
 * @module
 */

import { load } from "../load.ts";
import { percentile } from "../table.ts";

/** What a run has seen. */
export interface HttpLoad {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Answers that were not 200. */
  readonly refused: number;
}

/** Makes load on a port of 127.0.0.1. */
export type Generator = (port: number, connections: number, seconds: number) => Promise<HttpLoad>;

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** The generator to use, and its name. */
export async function findGenerator(): Promise<{ readonly name: string; readonly generate: Generator }> {
  try {
    await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output();
    return { name: "wrk", generate: wrk };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return { name: "the project's own load", generate: own };
    throw thrown;
  }
}

async function wrk(port: number, connections: number, seconds: number): Promise<HttpLoad> {
  const args = ["-t", "1", "-c", String(connections), "-d", `${seconds}s`, "--latency", `http://127.0.0.1:${port}/`];
  const { success, stdout, stderr } = await new Deno.Command("wrk", { args }).output();
  if (!success) throw new Error(`Cannot measure: wrk says "${new TextDecoder().decode(stderr).trim()}"`);
  return readWrk(new TextDecoder().decode(stdout));
}

/**
 * Reads what `wrk --latency` prints.
 *
 * @throws Error when it lacks a figure
 */
export function readWrk(text: string): HttpLoad {
  const figure = (pattern: RegExp) => {
    const found = pattern.exec(text);
    if (found === null) throw new Error(`Cannot measure: wrk printed "${text.trim()}"`);
    return found;
  };
  const [, p99, unit = ""] = figure(/^ +99% +([\d.]+)(us|ms|s|m)$/m);
  return {
    requests: Number(figure(/^ +(\d+) requests in/m)[1]),
    requestsPerSecond: Number(figure(/^Requests\/sec: +([\d.]+)$/m)[1]),
    p99Ms: Number(p99) * (UNIT_MS[unit] ?? NaN),
    refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
  };
}

async function own(port: number, connections: number, seconds: number): Promise<HttpLoad> {
  // It throws at the first answer that is not 200.
  const run = await load(port, "/", { connections, seconds });
  return {
    requests: run.requests,
    requestsPerSecond: run.requests / run.seconds,
    p99Ms: percentile(run.latenciesMs, 0.99),
    refused: 0,
  };
}
