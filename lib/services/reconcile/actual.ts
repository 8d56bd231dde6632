/**
 * What HAProxy has: its servers, and the maps and ACLs that routes name, read anew each time (management guide, 9.3 "show
 * servers state", "show stat", "show map", "show acl").
 *
 * Nothing here is read over a session that is kept: after a reload that one would still speak with the old worker.
 */
import {
  type Answer,
  cli,
  type Client,
  CommandRefused,
  parseAclEntries,
  parseMapEntries,
  parseServersState,
  type ServerState,
  type StatRow,
} from "../../client/mod.ts";
import { canonicalAddress } from "./addresses.ts";
import type { Entry } from "./entries.ts";

/** A server that HAProxy has. */
export interface ActualServer {
  readonly backend: string;
  readonly server: string;
  /** `null` for a unix socket, and for a name that HAProxy has not resolved. */
  readonly address: string | null;
  readonly port: number;
  readonly weight: number;
  readonly initial_weight: number;
  /** `null` for no limit, and where HAProxy did not say. */
  readonly maxconn: number | null;
  /** What was asked for, not what checks found. */
  readonly state: "ready" | "drain" | "maint";
  /** Whether it is ready, and no check has found it down. */
  readonly takes_traffic: boolean;
  /** Whether it has health checks, and whether they run. */
  readonly check: "none" | "off" | "on";
  readonly check_port: number;
  /** Whether it has an agent check, and whether it runs. */
  readonly agent: "none" | "off" | "on";
  /** `null`: the server's own. */
  readonly agent_address: string | null;
  readonly agent_port: number;
}

/** A backend that HAProxy has. */
export interface ActualBackend {
  readonly backend: string;
  /** HAProxy's words on why no server can be added and no weight set; `null` when they can. */
  readonly fixed_because: string | null;
  readonly servers: ReadonlyMap<string, ActualServer>;
}

/** What HAProxy has. */
export interface Actual {
  readonly backends: ReadonlyMap<string, ActualBackend>;
  /** For each map and ACL that was asked for (`fileName`) its keys with their values; those that do not exist are not there. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, readonly (string | null)[]>>;
}

/** A map or an ACL. */
export type PatternFile = Pick<Entry, "kind" | "file">;

/** What a map or an ACL is known by. */
export function fileName({ kind, file }: PatternFile): string {
  return `${kind} ${file}`;
}

/**
 * Reads what HAProxy has.
 *
 * @param client a worker's socket, of level admin
 * @param routed backends where servers may have to be added
 * @param files maps and ACLs to read
 * @param signal ends it
 * @throws {SocketError} when HAProxy cannot be reached
 * @throws {CommandRefused} when it does not show its servers
 */
export async function readActual(
  client: Client,
  routed: Iterable<string>,
  files: readonly PatternFile[],
  signal?: AbortSignal,
): Promise<Actual> {
  const stat = await client.getStat({ kinds: ["backend", "server"] });
  const algorithms = new Map(stat.filter(({ kind }) => kind === "backend").map((row) => [row.pxname, row.algo ?? ""]));
  const unsure = [...routed].filter((backend) => {
    const algorithm = algorithms.get(backend);
    return algorithm !== undefined && !Object.hasOwn(DYNAMIC, algorithm);
  });
  const [state, ...answers] = await client.socket.batch([
    "show servers state",
    ...unsure.map((backend) => cli`add server ${`${backend}/${PROBE}`}`),
    ...files.map(({ kind, file }) => `show ${kind} ${cli`${file}`}`),
  ], signal ? { signal } : {});
  const fixed = new Map(unsure.map((backend, index) => [backend, reasonWhyFixed(answers[index])]));
  const servers = Map.groupBy(parseServersState(textOf(state)).servers, ({ be_name }) => be_name);
  const limits = new Map(stat.map((row) => [`${row.pxname}/${row.svname}`, row]));
  return {
    backends: new Map([...algorithms].map(([backend, algorithm]): [string, ActualBackend] => {
      const its = (servers.get(backend) ?? []).map((one) => serverOf(one, limits.get(`${backend}/${one.srv_name}`)));
      const fixed_because = fixed.get(backend) ?? (DYNAMIC[algorithm] === false ? `it balances by ${algorithm}` : null);
      return [backend, { backend, fixed_because, servers: new Map(its.map((one) => [one.server, one])) }];
    })),
    files: new Map(files.flatMap((file, index) => readFile(file, answers[unsure.length + index]))),
  };
}

/** Algorithms that tell by themselves whether servers can be added. Hashes depend on `hash-type`: HAProxy is asked. */
const DYNAMIC: Readonly<Record<string, boolean>> = {
  roundrobin: true,
  leastconn: true,
  first: true,
  "static-rr": false,
};

/**
 * `add server` without an address changes nothing: HAProxy looks at the backend first, and complains either about that or
 * about the missing address.
 */
const PROBE = "happi-probe";

function reasonWhyFixed(answer: Answer | undefined): string | null {
  const words = answer === undefined ? "" : answer.ok ? answer.text : wordsOf(answer.error);
  return /dynamic/i.test(words) ? words.trim() : null;
}

/** HAProxy's refusal; what is none is thrown. */
function wordsOf(error: Error): string {
  if (error instanceof CommandRefused) return error.answer;
  throw error;
}

function textOf(answer: Answer | undefined): string {
  if (answer?.ok) return answer.text;
  throw answer?.error ?? new Error("Cannot read HAProxy's servers: there is no answer");
}

function serverOf(one: ServerState, row: StatRow | undefined): ActualServer {
  const { check_states: check = [], agent_states: agent = [], admin_states: admin } = one;
  const running = (states: readonly string[]) =>
    !states.includes("configured") ? "none" : states.includes("enabled") ? "on" : "off";
  const state = admin.includes("forced_maint") ? "maint" : admin.includes("forced_drain") ? "drain" : "ready";
  return {
    backend: one.be_name,
    server: one.srv_name,
    address: one.srv_addr ? canonicalAddress(one.srv_addr) : null,
    port: one.srv_port ?? 0,
    weight: one.srv_uweight ?? 0,
    initial_weight: one.srv_iweight ?? 0,
    maxconn: row?.slim ?? null,
    state,
    takes_traffic: state === "ready" && one.op_state !== "stopped",
    check: running(check),
    check_port: one.srv_check_port ?? 0,
    agent: running(agent),
    agent_address: one.srv_agent_addr ? canonicalAddress(one.srv_agent_addr) : null,
    agent_port: one.srv_agent_port ?? 0,
  };
}

/** The keys of a map or an ACL; nothing where HAProxy has no such file. */
function readFile(file: PatternFile, answer: Answer | undefined): [string, Map<string, (string | null)[]>][] {
  if (answer && !answer.ok && answer.error instanceof CommandRefused) return [];
  const text = textOf(answer);
  const entries = file.kind === "map"
    ? parseMapEntries(text).map(({ key, value }) => ({ key, value }))
    : parseAclEntries(text).map(({ pattern }) => ({ key: pattern, value: null }));
  const keys = new Map<string, (string | null)[]>();
  for (const { key, value } of entries) {
    const values = keys.get(key);
    if (values) values.push(value);
    else keys.set(key, [value]);
  }
  return [[fileName(file), keys]];
}
