/**
 * The agents that are measured side by side: happi's own, the Go libraries, and a plain one in C to see what the machine
 * allows. What cannot be built here is left out by name.
 *
 * @module
 */

/** An agent that can be started. */
export interface BenchAgent {
  readonly name: string;
  /** What it is compared as. */
  readonly kind: "happi" | "go" | "c";
  /** It is compared with the others. */
  readonly isRated: boolean;
  /** Its command line, given where to listen: `unix:/path`, or a port of 127.0.0.1. */
  command(where: string): string[];
}

/** What could be built. */
export interface Built {
  readonly agents: readonly BenchAgent[];
  /** The load generator's program. */
  readonly load: string;
  /** Who is left out, and why. */
  readonly missing: readonly string[];
}

const BENCH = new URL("../", import.meta.url).pathname;

/**
 * Builds everything.
 *
 * @param dir where programs go
 * @throws Error when there is no C compiler: the load generator needs one
 */
export async function buildAgents(dir: string): Promise<Built> {
  const load = `${dir}/load`;
  const cAgent = `${dir}/agent`;
  for (const [source, program] of [["load.c", load], ["agent.c", cAgent]] as const) {
    const fault = await run(["cc", "-O2", "-o", program, `${BENCH}spop/${source}`]);
    if (fault !== undefined) throw new Error(`Cannot measure: the C compiler says ${fault}`);
  }
  const agents: BenchAgent[] = [
    happi("happi", "default"),
    happi("happi, handler behind a promise", "async"),
    happi("happi --io epoll", "epoll"),
    { name: "plain C epoll", kind: "c", isRated: false, command: (where) => [cAgent, where] },
  ];
  const missing = ["haproxy-go (Go): the checksum database does not list it, and what cannot be verified is not built"];
  const peers = `${dir}/peers`;
  const fault = await run(["go", "build", "-o", peers, "."], `${BENCH}peers`);
  if (fault === undefined) agents.push(goPeer(peers, "negasus"), goPeer(peers, "criteo"));
  else missing.push(`negasus, criteo (Go): ${fault}`);
  return { agents, load, missing };
}

function happi(name: string, mode: string): BenchAgent {
  return {
    name,
    kind: "happi",
    isRated: mode !== "async",
    command: (where) => {
      const address = where.startsWith("unix:") ? where : `127.0.0.1:${where}`;
      return [Deno.execPath(), "run", "--no-check", "-A", `${BENCH}spop/agent.ts`, address, mode];
    },
  };
}

function goPeer(program: string, name: string): BenchAgent {
  return { name: `${name} (Go)`, kind: "go", isRated: false, command: (where) => [program, name, where] };
}

/** Runs a program to its end; gives what is wrong, if something is. */
async function run(command: readonly string[], cwd?: string): Promise<string | undefined> {
  const [program = "", ...args] = command;
  try {
    const output = await new Deno.Command(program, { args, ...(cwd === undefined ? {} : { cwd }) }).output();
    return output.success ? undefined : new TextDecoder().decode(output.stderr).trim().split("\n").at(-1);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return `there is no "${program}" here`;
    throw thrown;
  }
}
