/**
 * The programs of the benchmark: its load, the node that is asked about, and the agent itself, each on its core.
 *
 * @module
 */

import type { GuardedProcess } from "../../haproxy/guarded.ts";
import { freePort } from "../../haproxy/ports.ts";
import { startAgent } from "../spop/start.ts";

/** What was built and found. */
export interface Programs {
  /** Makes load. */
  readonly load: string;
  /** Plays nodeos, on every address of 127.0.0.0/8. */
  readonly nodeos: string;
  /** Who is left out, and why. */
  readonly missing: readonly string[];
}

/** An agent that listens, and can say what it has done. */
export interface BenchedAgent extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  counts(): Promise<AgentCounts>;
}

/** What an agent has done so far. */
export interface AgentCounts {
  /** Answers. */
  readonly answers: number;
  /** Checks that were run for them. */
  readonly runs: number;
}

/** The core of the agent, and that of everything else. */
export const AGENT_CORE = 0;
const OTHER_CORE = 1;

const ROOT = new URL("../../../", import.meta.url).pathname;

/**
 * Builds the C programs.
 *
 * @param dir where programs go
 * @throws Error when there is no C compiler: without load there is nothing to measure
 */
export async function buildPrograms(dir: string): Promise<Programs> {
  for (const name of ["load", "nodeos"]) {
    const fault = await run(["cc", "-O2", "-o", `${dir}/${name}`, `${ROOT}scripts/bench/agent/${name}.c`]);
    if (fault !== undefined) throw new Error(`Cannot measure: the C compiler says ${fault}`);
  }
  const missing = [
    "antelope-api-healthcheck (Go): the module proxy refuses it (403), so it cannot be built from there",
  ];
  if (await run(["taskset", "-V"]) !== undefined) missing.push("cores: there is no taskset here, nothing is pinned");
  return { load: `${dir}/load`, nodeos: `${dir}/nodeos`, missing };
}

/** Pins a program to a core, where there is `taskset`. */
export async function pin(core: "agent" | "other", command: readonly string[]): Promise<string[]> {
  const number = core === "agent" ? AGENT_CORE : Math.min(OTHER_CORE, navigator.hardwareConcurrency - 1);
  return await run(["taskset", "-V"]) === undefined ? ["taskset", "-c", String(number), ...command] : [...command];
}

/** Starts the node; gives its port. */
export async function startNodeos({ nodeos }: Programs): Promise<{ process: GuardedProcess; port: number }> {
  const port = freePort();
  const process = await startAgent("nodeos", await pin("other", [nodeos, String(port)]), String(port));
  return { process, port };
}

/**
 * Starts `happi agent`, from source, as it runs at somebody's: with its configuration, its log and its API.
 *
 * @param dir where its files go
 * @param target what its check `web` looks at
 */
export async function startHappi(dir: string, target: string): Promise<BenchedAgent> {
  const [port, http] = [freePort(), freePort()];
  const config = `${dir}/agent-${port}.toml`;
  const state = `${dir}/state-${port}`;
  await Deno.writeTextFile(config, `[check.web]\nkind = "http"\nurl = "${target}"\n`);
  const command = [Deno.execPath(), "run", "--no-check", "-A", `${ROOT}main.ts`, "agent", "-c", config];
  const options = ["--listen", `127.0.0.1:${port}`, "--http", `127.0.0.1:${http}`, "--state-dir", state];
  const process = await startAgent("happi agent", await pin("agent", [...command, ...options]), String(port));
  return {
    port,
    pid: process.pid,
    counts: () => counts(http),
    [Symbol.asyncDispose]: () => process.end(),
  };
}

async function counts(http: number): Promise<AgentCounts> {
  const response = await fetch(`http://127.0.0.1:${http}/api/v1/agent`);
  const stats: { answers: Record<string, number>; kinds: Record<string, { runs: number }> } = await response.json();
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  return { answers: sum(Object.values(stats.answers)), runs: sum(Object.values(stats.kinds).map(({ runs }) => runs)) };
}

/** Runs a program to its end; gives what is wrong, if something is. */
async function run([program = "", ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const output = await new Deno.Command(program, { args }).output();
    return output.success ? undefined : new TextDecoder().decode(output.stderr).trim().split("\n").at(-1);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return `there is no "${program}" here`;
    throw thrown;
  }
}
