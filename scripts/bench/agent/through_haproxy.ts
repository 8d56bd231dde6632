/**
 * The agent behind a real HAProxy: one backend of 10,000 servers with `agent-check` every two seconds, and what HAProxy
 * makes of it.
 *
 * @module
 */

import { type RunningHaproxy, startHaproxy } from "../../haproxy/launch.ts";
import { availableVersions, type HaproxyBuild } from "../../haproxy/versions.ts";
import { cpuMs } from "../processes.ts";
import { count, type FigureRow, print, printTable } from "../table.ts";
import { CELLS, nodeAddress, SERVERS } from "./cells.ts";
import { memoryMib } from "./measure.ts";
import { type BenchedAgent, buildPrograms, startHappi, startNodeos } from "./programs.ts";

/** How HAProxy sees its servers. */
interface Seen {
  readonly up: number;
  /** Whose last agent check was answered. */
  readonly answered: number;
}

/** All servers have asked twice. */
const WARM_UP_MS = 5_000;

/**
 * Measures and prints.
 *
 * @param seconds for how long
 * @param words choose what is asked
 */
export async function benchThroughHaproxy(seconds: number, words: readonly string[]): Promise<void> {
  const { present } = await availableVersions();
  const build = present.find(({ version }) => version === "3.2") ?? present.at(-1);
  if (build === undefined) throw new Error("Cannot measure: there is no HAProxy here");
  const dir = await Deno.makeTempDir({ dir: "/tmp", prefix: "happi-bench-" });
  try {
    const programs = await buildPrograms(dir);
    const { process, port } = await startNodeos(programs);
    try {
      print(`Deno ${Deno.version.deno}; the agent on one core, HAProxy with 1 thread on another; ${seconds} s a row`);
      const rows: FigureRow[] = [];
      const cells = CELLS.filter(({ rate, name }) =>
        rate === SERVERS / 2 && words.every((word) => name.includes(word))
      );
      for (const { name, line, targets } of cells) {
        await using agent = await startHappi(dir, `http://127.0.0.1:${port}/`);
        const asked = (server: number) => line(targets === 1 ? 0 : server, port);
        rows.push([name, ...await measure(build, agent, asked, seconds)]);
      }
      printTable(`HAProxy ${build.release}, ${count(SERVERS)} servers`, HEADS, rows);
    } finally {
      await process.end();
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const HEADS = ["", "answers/s", "checks/s", "agent CPU us", "of a core", "HAProxy CPU us", "UP", "answered", "MiB"];

async function measure(
  build: HaproxyBuild,
  agent: BenchedAgent,
  asked: (server: number) => string,
  seconds: number,
): Promise<string[]> {
  await using haproxy = await startHaproxy(build, { config: config(agent.port, asked) });
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const look = async () => [await cpuMs(agent.pid), await cpuMs(haproxy.pid), performance.now()] as const;
  // What the agent is asked for its counts is not measured.
  const before = await agent.counts();
  const [agentMs, haproxyMs, start] = await look();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const [agentEndMs, haproxyEndMs, end] = await look();
  const after = await agent.counts();
  const { up, answered } = await seen(haproxy);
  const passed = (end - start) / 1000;
  const answers = after.answers - before.answers;
  return [
    count(answers / passed),
    count((after.runs - before.runs) / passed),
    ((agentEndMs - agentMs) * 1000 / answers).toFixed(1),
    `${count((agentEndMs - agentMs) / passed / 10)} %`,
    ((haproxyEndMs - haproxyMs) * 1000 / answers).toFixed(1),
    count(up),
    count(answered),
    count(await memoryMib(agent.pid)),
  ];
}

/** A server with nothing but an agent is shown as `no check` while it is up, so its operational state is looked at. */
async function seen(haproxy: RunningHaproxy): Promise<Seen> {
  const states = table(await haproxy.ask("show servers state be"), " ");
  const checks = table(await haproxy.ask("show stat be 4 -1"), ",");
  return {
    up: states.filter((row) => row["srv_op_state"] === RUNNING).length,
    answered: checks.filter((row) => row["agent_status"]?.endsWith("L7OK")).length,
  };
}

const RUNNING = "2";

/** HAProxy's rows, each by the names in the line that begins with `#`. */
function table(text: string, separator: string): Record<string, string>[] {
  const lines = text.trim().split("\n");
  const head = lines.find((line) => line.startsWith("# ")) ?? "";
  const names = head.slice(2).split(separator);
  return lines.slice(lines.indexOf(head) + 1).map((row) =>
    Object.fromEntries(row.split(separator).map((value, at) => [names[at] ?? "", value]))
  );
}

function config(agentPort: number, asked: (server: number) => string): string {
  const servers = Array.from(
    { length: SERVERS },
    (_, server) => `  server s${server} ${nodeAddress(server)}:80 agent-send "${asked(server)}\\n"\n`,
  );
  return `global
  nbthread 1
  cpu-map auto:1/1 1
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  timeout check 2s
backend be
  default-server agent-check agent-addr 127.0.0.1 agent-port ${agentPort} agent-inter 2s
${servers.join("")}`;
}
