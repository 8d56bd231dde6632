/**
 * What an agent costs those who are behind it: requests through a real HAProxy, without SPOE and with each agent.
 *
 * One HAProxy has a frontend for each, so that all are measured side by side. It answers by itself, and only with 200 where
 * the verdict has come.
 *
 * @module
 */

import type { GuardedProcess } from "../../haproxy/guarded.ts";
import { type LaunchContext, type RunningHaproxy, startHaproxy } from "../../haproxy/launch.ts";
import { freePort } from "../../haproxy/ports.ts";
import { availableVersions, type HaproxyBuild } from "../../haproxy/versions.ts";
import { cpuMs } from "../processes.ts";
import { count, type FigureRow, median, print, printTable } from "../table.ts";
import { type BenchAgent, buildAgents } from "./agents.ts";
import { findGenerator, type Generator } from "./http_load.ts";
import { startAgent } from "./start.ts";

const CONNECTIONS = 32;
/** The frontend without SPOE. */
const NONE = "no SPOE";

/** A frontend, and the agent behind it. */
interface Side {
  readonly name: string;
  /** Where the agent listens; nothing without SPOE. */
  readonly agentPort?: number;
  readonly agentPid?: number;
}

/** What a run came to. */
interface Figure {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly haproxyUs: number;
  readonly agentUs: number;
  readonly refused: number;
}

/**
 * Measures and prints, one table for each HAProxy version that is present.
 *
 * @param seconds of a run
 * @param rounds each side has a run in each; medians are printed
 * @param words choose agents by their names, and versions; all where no word is about any
 */
export async function benchThroughHaproxy(seconds: number, rounds: number, words: readonly string[]): Promise<void> {
  const { present } = await availableVersions();
  const versions = present.filter((build) => words.includes(build.version));
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-bench-" });
  const processes: GuardedProcess[] = [];
  try {
    const { agents, missing } = await buildAgents(dir);
    const { name, generate } = await findGenerator();
    print(
      `Deno ${Deno.version.deno}; load by ${name}, ${CONNECTIONS} connections; HAProxy with 1 thread; ` +
        `median of ${rounds} rounds of ${seconds} s`,
    );
    for (const line of missing) print(`left out: ${line}`);
    const sides: Side[] = [{ name: NONE }];
    for (const agent of chosen(agents, words)) {
      const agentPort = freePort();
      const process = await startAgent(agent.name, agent.command(String(agentPort)), String(agentPort));
      processes.push(process);
      sides.push({ name: agent.name, agentPort, agentPid: process.pid });
    }
    for (const build of versions.length > 0 ? versions : present) {
      await benchVersion(build, sides, generate, seconds, rounds);
    }
  } finally {
    for (const process of processes) await process.end();
    await Deno.remove(dir, { recursive: true });
  }
}

function chosen(agents: readonly BenchAgent[], words: readonly string[]): readonly BenchAgent[] {
  const asked = agents.filter((agent) => words.some((word) => agent.name.includes(word)));
  return asked.length > 0 ? asked : agents;
}

async function benchVersion(
  build: HaproxyBuild,
  sides: readonly Side[],
  generate: Generator,
  seconds: number,
  rounds: number,
): Promise<void> {
  await using haproxy = await startHaproxy(build, {
    files: Object.fromEntries(sides.map((_, index) => [`spoe${index}.conf`, spoeConf(index)])),
    config: (context) => config(context, sides),
  });
  const figures = sides.map((): Figure[] => []);
  for (const [index] of sides.entries()) await generate(haproxy.port(`web${index}`), CONNECTIONS, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      figures[index]?.push(await measure(haproxy, index, side, generate, seconds));
    }
  }
  const rows = sides.map(({ name, agentPid }, index): FigureRow => {
    const middle = (of: (figure: Figure) => number) => median((figures[index] ?? []).map(of));
    const base = median((figures[0] ?? []).map((figure) => figure.requestsPerSecond));
    return [
      name,
      count(middle((one) => one.requestsPerSecond)),
      (middle((one) => one.requestsPerSecond) / base).toFixed(2),
      middle((one) => one.p99Ms).toFixed(2),
      middle((one) => one.haproxyUs).toFixed(1),
      agentPid === undefined ? "-" : middle((one) => one.agentUs).toFixed(1),
      count((figures[index] ?? []).reduce((sum, one) => sum + one.refused, 0)),
    ];
  });
  const heads = ["", "requests/s", "of no SPOE", "p99 ms", "HAProxy us/request", "agent us/request", "without verdict"];
  printTable(`HAProxy ${build.release}`, heads, rows);
}

async function measure(
  haproxy: RunningHaproxy,
  index: number,
  { agentPid }: Side,
  generate: Generator,
  seconds: number,
): Promise<Figure> {
  const cpu = async () => [await cpuMs(haproxy.pid), agentPid === undefined ? 0 : await cpuMs(agentPid)] as const;
  const before = await cpu();
  const load = await generate(haproxy.port(`web${index}`), CONNECTIONS, seconds);
  const after = await cpu();
  return {
    requestsPerSecond: load.requestsPerSecond,
    p99Ms: load.p99Ms,
    haproxyUs: (after[0] - before[0]) * 1000 / load.requests,
    agentUs: (after[1] - before[1]) * 1000 / load.requests,
    refused: load.refused,
  };
}

function spoeConf(index: number): string {
  return `[iprep]
spoe-agent iprep-agent
    messages get-ip-reputation
    option var-prefix iprep
    timeout hello 1s
    timeout idle 1m
    timeout processing 500ms
    use-backend agent${index}
spoe-message get-ip-reputation
    args ip=src
    event on-frontend-http-request
`;
}

function config(context: LaunchContext, sides: readonly Side[]): string {
  const mode = parseFloat(context.build.version) >= 3.1 ? "spop" : "tcp";
  const parts = sides.map(({ agentPort }, index) => {
    const bind = `frontend web${index}\n  bind 127.0.0.1:${context.port(`web${index}`)}\n`;
    if (agentPort === undefined) return `${bind}  http-request return status 200\n`;
    return `${bind}  filter spoe engine iprep config ${context.file(`spoe${index}.conf`)}
  http-request return status 503 unless { var(sess.iprep.ip_score) -m found }
  http-request unset-var(sess.iprep.ip_score)
  http-request return status 200
backend agent${index}
  mode ${mode}
  server agent 127.0.0.1:${agentPort}
`;
  });
  return `global
  nbthread 1
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
${parts.join("")}`;
}
