/**
 * What HAProxy has, as far as it can differ from what is remembered (management guide, 9.3 "show servers state",
 * "show backend", "show stat", "show map", "show acl"). Read over connections of its own: see `watch.ts`.
 */
import {
  type Answer,
  cli,
  type Client,
  CommandRefused,
  parseAclEntries,
  parseBackends,
  parseMapEntries,
  parseServersState,
  type ServerState,
} from "../../client/mod.ts";
import { type RunTimeDocument, subjectOf } from "./document.ts";

/** A server that HAProxy has. */
export interface FoundServer {
  readonly state: ServerState;
  /** `null` for no limit; `undefined` where nobody asked. */
  readonly maxconn: number | null | undefined;
}

/** The entries of a map or an ACL: texts as HAProxy shows them, `key value` or `pattern`, with their references. */
export interface FoundPatterns {
  readonly lines: readonly { readonly id: string; readonly text: string }[];
}

/** What HAProxy has. */
export interface Found {
  readonly backends: ReadonlySet<string>;
  /** By `backend/server`. */
  readonly servers: ReadonlyMap<string, FoundServer>;
  /** By kind and name; those that HAProxy does not have are not there. */
  readonly patterns: ReadonlyMap<string, FoundPatterns>;
}

/**
 * Reads what is needed to compare documents with HAProxy, in one round trip or two.
 *
 * @param client a worker's client, of level admin
 * @param documents what it is compared with; of maps and ACLs only theirs are read
 * @param signal ends it
 * @throws {SocketError} when HAProxy cannot be reached
 */
export async function readFound(
  client: Client,
  documents: readonly RunTimeDocument[],
  signal?: AbortSignal,
): Promise<Found> {
  const files = documents.filter(({ kind }) => kind === "map" || kind === "acl");
  const hasServers = documents.some(({ kind }) => kind === "server");
  const needsLimits = documents.some((one) => one.kind === "server" && one.maxconn !== undefined);
  const commands = [
    ...(hasServers ? ["show backend", "show servers state"] : []),
    ...files.map(({ kind, name }) => `show ${kind} ${cli`${name}`}`),
  ];
  const answers = commands.length === 0 ? [] : await client.socket.batch(commands, {
    timeoutMs: READ_TIMEOUT_MS,
    ...(signal ? { signal } : {}),
  });
  const [backends, state] = hasServers ? answers.splice(0, 2) : [];
  const limits = needsLimits ? await limitsOf(client) : undefined;
  const servers = state === undefined ? [] : parseServersState(textOf(state)).servers;
  return {
    backends: new Set(backends === undefined ? [] : parseBackends(textOf(backends))),
    servers: new Map(servers.map((one) => {
      const name = `${one.be_name}/${one.srv_name}`;
      return [name, { state: one, maxconn: limits && (limits.get(name) ?? null) }];
    })),
    patterns: new Map(files.flatMap((file, index) => {
      const patterns = patternsOf(file.kind === "map" ? "map" : "acl", answers[index]);
      return patterns ? [[subjectOf(file), patterns] as const] : [];
    })),
  };
}

async function limitsOf(client: Client): Promise<Map<string, number | null>> {
  const rows = await client.getStat({ kinds: ["server"] });
  return new Map(rows.map(({ pxname, svname, slim }) => [`${pxname}/${svname}`, slim ?? null]));
}

function patternsOf(kind: "map" | "acl", answer: Answer | undefined): FoundPatterns | undefined {
  if (answer && !answer.ok && answer.error instanceof CommandRefused) return undefined;
  const text = textOf(answer);
  const lines = kind === "map"
    ? parseMapEntries(text).map(({ id, key, value }) => ({ id, text: `${key} ${value}` }))
    : parseAclEntries(text).map(({ id, pattern }) => ({ id, text: pattern }));
  return { lines };
}

function textOf(answer: Answer | undefined): string {
  if (answer?.ok) return answer.text;
  throw answer?.error ?? new Error("Cannot read what HAProxy has: there is no answer");
}

const READ_TIMEOUT_MS = 30_000;
