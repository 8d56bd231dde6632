/**
 * Draining a server: no new sessions, and a wait until the running ones are gone (management guide, 9.3 "set server",
 * "show stat").
 */
import { cli } from "../../socket/mod.ts";
import { NotApplied, NotFound } from "../errors.ts";
import { parseServersState, type ServerState } from "../formats/servers_state.ts";
import { parseStat } from "../formats/stat.ts";
import type { Caller, Rows } from "../method.ts";
import { choice, duration, server, settings } from "../parameter.ts";
import { pollUntil } from "../poll.ts";
import { parseOrRefuse } from "../refusal.ts";

/** Methods that take a server out of service gently. */
export interface DrainMethods {
  /**
   * Drains a server: it takes no new sessions but sticky ones, and the call waits until none is running or queued there,
   * or until the time is up. A server that is in maintenance already stays there: it is only waited for.
   *
   * @param server the server, as `backend/server`
   * @param options how long to wait, and what is done then
   * @returns whether it is empty, and how many sessions it had when the waiting ended
   * @throws {NotFound} when there is no such server
   * @throws {NotApplied} when it takes traffic again before the waiting ends: HAProxy was reloaded, an agent check said
   *   "ready", or somebody else did; what `until` asks for is not done then
   */
  drain(server: string, options?: DrainOptions): Promise<Drained>;
}

/** Settings of {@linkcode DrainMethods.drain}. */
export interface DrainOptions {
  /** How long to wait, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /**
   * What is done when the waiting ends, drained or not: `report` (the default) leaves it draining, `maint` puts it into
   * maintenance and lets running sessions finish, `shutdown` puts it into maintenance and shuts the sessions that are left.
   */
  readonly until?: "report" | "maint" | "shutdown";
}

/** How a drain ended. */
export interface Drained {
  /** The server, as it was named. */
  server: string;
  /** Whether no session was left. */
  drained: boolean;
  /** Sessions that were running or queued when the waiting ended. */
  sessions: number;
  /** Milliseconds that were waited. */
  waited_ms: number;
  /** The state that the server was left in. */
  state: "drain" | "maint";
}

/** The rows of {@linkcode DrainMethods}. */
export const drainMethods: Rows<DrainMethods> = {
  drain: {
    kind: "run",
    summary: "Take no new sessions on a server and wait until the running ones are gone",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      server(),
      settings<DrainOptions>({
        timeoutMs: duration("timeout", "how long to wait; 30s by default"),
        until: choice("until", "what is done when the waiting ends", ["report", "maint", "shutdown"]),
      }),
    ],
    async run(caller, name, { timeoutMs = 30_000, until = "report" } = {}) {
      const found = await findServer(caller, name);
      const isInMaintenance = found.admin_states.includes("forced_maint");
      // "drain" would end the maintenance, and let sticky sessions in again.
      if (!isInMaintenance) await caller.change(cli`set server ${name} state drain`);
      const count = () => countSessions(caller, name, found);
      const { last, isReached, waitedMs } = await pollUntil(caller, timeoutMs, count, (sessions) => sessions === 0);
      const { admin_states: states } = await findServer(caller, name);
      if (!states.some((state) => state.endsWith("_drain") || state.endsWith("_maint"))) {
        throw new NotApplied(`drain server "${name}"`, TAKES_TRAFFIC);
      }
      if (until !== "report" && !isInMaintenance) await caller.change(cli`set server ${name} state maint`);
      if (until === "shutdown" && !isReached) await caller.change(cli`shutdown sessions server ${name}`);
      const state = isInMaintenance || until !== "report" ? "maint" : "drain";
      return { server: name, drained: isReached, sessions: last, waited_ms: waitedMs, state };
    },
  },
};

/** A count of sessions says nothing then, and a new process after a reload begins with none. */
const TAKES_TRAFFIC = "that it takes traffic again; HAProxy was reloaded, an agent check said so, or somebody did";

/** The server, with the numbers that single it out. On a connection of its own, so that it is of the newest process. */
async function findServer(caller: Caller, name: string): Promise<ServerState> {
  const [backend = "", own = ""] = name.split("/");
  const command = cli`show servers state ${backend}`;
  const { servers } = parseOrRefuse(command, await caller.send(command), parseServersState);
  const found = servers.find((one) => own === one.srv_name || own === `#${one.srv_id}`);
  if (!found) throw new NotFound(`server "${name}"`, `backend "${backend}" has no such server`);
  return found;
}

/** By numbers: a frontend may have the backend's name, and "show stat" would show that instead. */
async function countSessions(caller: Caller, name: string, { be_id, srv_id }: ServerState): Promise<number> {
  const [row] = parseStat(await caller.read(cli`show stat ${`#${be_id}`} 4 ${srv_id}`));
  if (!row) throw new NotFound(`server "${name}"`, "it went away while it drained");
  return (row.scur ?? 0) + (row.qcur ?? 0);
}
