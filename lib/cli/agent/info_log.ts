/**
 * How many connections there were and are, in the log again and again: a line that the Antelope health checks write every ten
 * seconds, and that some graph is drawn from.
 */
import { getLogger } from "@logtape/logtape";
import type { CheckAgent } from "../../agent/mod.ts";

const LOG = getLogger(["happi", "agent"]);

/**
 * Writes it at an interval.
 *
 * @returns to be cleared at the end
 */
export function logInfo(agent: Pick<CheckAgent, "stats">, everyMs: number): ReturnType<typeof setInterval> {
  return setInterval(() => {
    const { accepted, connections } = agent.stats();
    LOG.info("Server info", { connections: accepted, current_connections: connections });
  }, Math.max(everyMs, LEAST_MS));
}

const LEAST_MS = 100;
