/**
 * A server as the plain API shows it: first what a change can set and why it is as it is, in happi's words; then
 * everything that HAProxy tells, under its commands' and columns' names.
 */
import { type Client, NotFound, type ServerState, type StatRow, type StatValue } from "../../client/mod.ts";
import { withoutNulls } from "./stat_rows.ts";

/** What hands out traffic by hand: what `PATCH` takes as `state`. */
export type TrafficState = "ready" | "drain" | "maint";

/** A server. */
export interface ServerView {
  readonly backend: string;
  readonly name: string;
  /** What an operator, or the configuration, wants of it. */
  readonly state: TrafficState;
  /** What HAProxy makes of it: `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`, ... */
  readonly status: string | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly weight: number | null;
  /** The weight that it started with. */
  readonly initial_weight: number | null;
  /** Sessions that it may have at once; 0 for no limit. */
  readonly maxconn: number;
  /** Sessions that it has. */
  readonly sessions: number | null;
  /** Requests that wait for it. */
  readonly queued: number | null;
  /** Its line of `show servers state`. */
  readonly servers_state: ServerState;
  /** Its row of `show stat`, without the columns that do not apply. */
  readonly stat: Readonly<Record<string, StatValue>>;
}

/**
 * Reads the servers of a backend.
 *
 * @param client speaks with HAProxy
 * @param backend the backend's name
 * @throws {NotFound} when there is no such backend
 */
export async function readServers(client: Client, backend: string): Promise<ServerView[]> {
  const { servers } = await client.getServersState(backend);
  const [first] = servers;
  if (first === undefined) return [];
  const stats = await readStats(client, first.be_id);
  return servers.map((server) => viewServer(server, stats.get(server.srv_name)));
}

/**
 * Reads one server.
 *
 * @param client speaks with HAProxy
 * @param backend the backend's name
 * @param name the server's name
 * @throws {NotFound} when there is no such backend or server
 */
export async function readServer(client: Client, backend: string, name: string): Promise<ServerView> {
  const found = (await readServers(client, backend)).find((server) => server.name === name);
  if (found === undefined) throw new NotFound(`server "${backend}/${name}"`, `backend "${backend}" has no such server`);
  return found;
}

/** The rows of a backend's servers by their names; by its number, since a frontend may have the same name. */
async function readStats(client: Client, backendId: number): Promise<Map<string, StatRow>> {
  const rows = await client.getStat({ proxy: `#${backendId}`, kinds: ["server"] });
  return new Map(rows.map((row) => [row.svname, row]));
}

function viewServer(server: ServerState, row: StatRow | undefined): ServerView {
  return {
    backend: server.be_name,
    name: server.srv_name,
    state: trafficState(server),
    status: row?.status ?? null,
    address: server.srv_addr ?? null,
    port: server.srv_port ?? null,
    weight: server.srv_uweight ?? null,
    initial_weight: server.srv_iweight ?? null,
    maxconn: row?.slim ?? 0,
    sessions: row?.scur ?? null,
    queued: row?.qcur ?? null,
    servers_state: server,
    stat: withoutNulls(row ?? {}),
  };
}

function trafficState(server: ServerState): TrafficState {
  const states: readonly string[] = server.admin_states;
  if (states.some((state) => state.endsWith("_maint"))) return "maint";
  return states.some((state) => state.endsWith("_drain")) ? "drain" : "ready";
}
