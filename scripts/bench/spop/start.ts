/**
 * Starts an agent for the benchmark.
 *
 * @module
 */

import { GuardedProcess } from "../../haproxy/guarded.ts";
import { waitWhileAlive } from "../../haproxy/wait.ts";

/**
 * Starts an agent, and returns when somebody listens.
 *
 * @param name of the agent
 * @param command its command line
 * @param where where it listens: `unix:/path`, or a port of 127.0.0.1
 * @throws Error with its own words when it does not start
 */
export async function startAgent(name: string, command: readonly string[], where: string): Promise<GuardedProcess> {
  const process = new GuardedProcess(command);
  const fault = await waitWhileAlive(process, () => isReady(where));
  if (fault === undefined) return process;
  await process.end();
  throw new Error(`Cannot start ${name}: ${fault}\n${process.output}`);
}

async function isReady(where: string): Promise<boolean> {
  try {
    const conn = where.startsWith("unix:")
      ? await Deno.connect({ transport: "unix", path: where.slice(5) })
      : await Deno.connect({ hostname: "127.0.0.1", port: Number(where) });
    conn.close();
    return true;
  } catch {
    return false;
  }
}
