/**
 * Snapshots: what HAProxy has at run time, in one JSON document, by hand: to look at, to compare, to put back.
 *
 * HAProxy shows a map's key and value with a blank between: a key with a blank is taken for a key and a longer value.
 */
import { type Client, parseAcls, parseMaps, type PatternList, type ServerState } from "../../client/mod.ts";
import { HappiError } from "../../errors.ts";
import type { PatternDocument, RunTimeDocument, ServerDocument } from "./document.ts";
import { type Found, type FoundServer, readFound } from "./found.ts";
import { isSame, restore, type Restored } from "./restore.ts";
import { planAll, type Planned } from "./plan.ts";
import { readDocument } from "./read_document.ts";
import { stateOf } from "./server_plan.ts";
import { readProcess } from "./watch.ts";

/** What HAProxy had at a moment. */
export interface Snapshot {
  /** The version of this format. */
  readonly version: 1;
  /** ISO 8601. */
  readonly taken_at: string;
  /** HAProxy's version. */
  readonly haproxy: string;
  readonly servers: readonly ServerDocument[];
  readonly maps: readonly PatternDocument[];
  readonly acls: readonly PatternDocument[];
}

/** What makes a HAProxy differ from a snapshot. */
export interface SnapshotDifference {
  /** `server web/s1`, `map /etc/hosts.map`. */
  readonly subject: string;
  /** `changed`; `missing`: the snapshot alone has it; `extra`: HAProxy alone has it, and it stays. */
  readonly kind: "changed" | "missing" | "extra";
  readonly why: readonly string[];
  /** The commands that would put it back, where they are single ones. */
  readonly commands: readonly string[];
}

/** A snapshot's file cannot be understood. */
export class InvalidSnapshot extends HappiError {
  /** @param why what is wrong with it */
  constructor(why: string) {
    super("invalid_snapshot", `Cannot use the snapshot: ${why}`);
  }
}

/**
 * Takes a snapshot.
 *
 * @param client a worker's client, of level admin
 * @param options `made`: the words of `add server` where they are known; HAProxy shows a part of them only
 * @throws {SocketError} when HAProxy cannot be reached
 */
export async function takeSnapshot(
  client: Client,
  { made, now = Date.now }: { readonly made?: ReadonlyMap<string, ServerDocument["made"]>; now?: () => number } = {},
): Promise<Snapshot> {
  const { version } = await readProcess(client);
  const [maps = [], acls = []] = await listFiles(client);
  const found = await readFound(client, [ANY_SERVER, ...maps, ...acls]);
  return {
    version: 1,
    taken_at: new Date(now()).toISOString(),
    haproxy: version,
    servers: [...found.servers].map(([name, server]) => serverOf(name, server, made?.get(name))),
    maps: maps.map((file) => entriesOf(file, found)),
    acls: acls.map((file) => entriesOf(file, found)),
  };
}

/**
 * Reads a snapshot from its JSON.
 *
 * @param text the file
 * @throws {InvalidSnapshot} when it is none, or of a newer happi
 */
export function readSnapshot(text: string): Snapshot {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || !("version" in value)) {
    throw new InvalidSnapshot('it is no object with a "version"');
  }
  if (value.version !== 1) throw new InvalidSnapshot(`its version is "${value.version}", and this happi knows 1`);
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { taken_at, haproxy } = fields;
  const servers = listOf(fields, "servers", (one) => one.kind === "server" ? one : undefined);
  const maps = listOf(fields, "maps", (one) => one.kind === "map" ? one : undefined);
  const acls = listOf(fields, "acls", (one) => one.kind === "acl" ? one : undefined);
  return { version: 1, taken_at: String(taken_at), haproxy: String(haproxy), servers, maps, acls };
}

/**
 * Compares a snapshot with HAProxy.
 *
 * @param client a worker's client, of level admin
 * @param snapshot what it had
 * @throws {SocketError} when HAProxy cannot be reached
 */
export async function diffSnapshot(client: Client, snapshot: Snapshot): Promise<SnapshotDifference[]> {
  const documents = documentsOf(snapshot);
  const planned = await planAll(client, documents);
  const known = new Set(documents.map(({ kind, name }) => `${kind} ${name}`));
  const files = (await listFiles(client)).flat();
  const { servers } = await readFound(client, [{ kind: "server", name: "-/-" }]);
  const extra = [
    ...[...servers.keys()].map((name) => `server ${name}`),
    ...files.map(({ kind, name }) => `${kind} ${name}`),
  ]
    .filter((subject) => !known.has(subject));
  return [
    ...planned.filter((one) => !isSame(one)).map(differenceOf),
    ...extra.map((subject) => ({
      subject,
      kind: "extra" as const,
      why: ["the snapshot does not have it"],
      commands: [],
    })),
  ];
}

/**
 * Makes HAProxy as it was. What it has besides stays.
 *
 * @param client a worker's client, of level admin
 * @param snapshot what it had
 * @param options `isAdding`: whether servers are added that HAProxy does not have; true if not given
 * @throws {SocketError} when HAProxy is lost on the way; the same call may be made again
 */
export async function restoreSnapshot(
  client: Client,
  snapshot: Snapshot,
  { isAdding = true, signal }: { readonly isAdding?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Restored> {
  const documents = documentsOf(snapshot).map((document) => {
    if (isAdding || document.kind !== "server") return document;
    const { made: _, ...rest } = document;
    return rest;
  });
  return await restore(client, documents, signal);
}

function documentsOf({ servers, maps, acls }: Snapshot): RunTimeDocument[] {
  return [...servers, ...maps, ...acls];
}

function differenceOf({ document, plan }: Planned): SnapshotDifference {
  const { kind, name } = document;
  const isMissing = plan.missing !== undefined || plan.lines[0]?.startsWith("add server ") === true;
  const why = plan.missing === undefined ? plan.why : [plan.missing];
  return { subject: `${kind} ${name}`, kind: isMissing ? "missing" : "changed", why, commands: plan.lines };
}

/** Makes the reading of servers read everything about them. */
const ANY_SERVER: ServerDocument = { kind: "server", name: "-/-", maxconn: 0 };

/** The maps and the ACLs that have a file: what has a number alone, nobody knows after a reload. */
async function listFiles(client: Client): Promise<[PatternDocument[], PatternDocument[]]> {
  const [maps = "", acls = ""] = (await client.socket.batch(["show map", "show acl"])).map((answer) => {
    if (answer.ok) return answer.text;
    throw answer.error;
  });
  return [filesOf("map", parseMaps(maps)), filesOf("acl", parseAcls(acls))];
}

function filesOf(kind: "map" | "acl", lists: readonly PatternList[]): PatternDocument[] {
  const files = lists.flatMap(({ file }) => file === null ? [] : [file]);
  return [...new Set(files)].map((name) => ({ kind, name, base: "empty", entries: [], without: [] }));
}

function entriesOf(file: PatternDocument, found: Found): PatternDocument {
  const keys = new Map<string, string[]>();
  for (const { text } of found.patterns.get(`${file.kind} ${file.name}`)?.lines ?? []) {
    const blank = file.kind === "map" ? text.indexOf(" ") : -1;
    const [key, value] = blank < 0 ? [text, ""] : [text.slice(0, blank), text.slice(blank + 1)];
    keys.set(key, [...keys.get(key) ?? [], value]);
  }
  return { ...file, entries: [...keys] };
}

function serverOf(name: string, { state, maxconn }: FoundServer, made: ServerDocument["made"]): ServerDocument {
  const check = toggleOf(state.check_states);
  const agent = toggleOf(state.agent_states);
  const line = made ?? lineOf(state);
  return {
    ...{ kind: "server", name },
    // An address that HAProxy looks up is its own business.
    ...(state.srv_addr && !state.srv_fqdn
      ? { address: state.srv_addr, ...(state.srv_port ? { port: state.srv_port } : {}) }
      : {}),
    ...(state.srv_fqdn ? { fqdn: state.srv_fqdn } : {}),
    weight: state.srv_uweight ?? 1,
    ...(typeof maxconn === "number" ? { maxconn } : {}),
    ...(check && state.srv_check_addr ? { check_address: state.srv_check_addr } : {}),
    ...(check && state.srv_check_port ? { check_port: state.srv_check_port } : {}),
    ...(agent && state.srv_agent_addr ? { agent_address: state.srv_agent_addr } : {}),
    ...(agent && state.srv_agent_port ? { agent_port: state.srv_agent_port } : {}),
    state: stateOf(state.admin_states),
    ...(check ? { check } : {}),
    ...(agent ? { agent } : {}),
    ...(line ? { made: line } : {}),
  };
}

function toggleOf(states: readonly string[] = []): "on" | "off" | undefined {
  return !states.includes("configured") ? undefined : states.includes("enabled") ? "on" : "off";
}

/** The server's line as far as HAProxy shows it; none where TLS would be left out, or HAProxy looks its address up. */
function lineOf(state: ServerState): ServerDocument["made"] {
  const { srv_addr: address, srv_port: port, srv_use_ssl: tls, srv_fqdn: fqdn } = state;
  if (!address || !port || tls === 1 || fqdn) return undefined;
  const keywords = [
    ...(toggleOf(state.check_states) ? ["check"] : []),
    ...(toggleOf(state.agent_states) && state.srv_agent_port
      ? ["agent-check", "agent-port", String(state.srv_agent_port)]
      : []),
  ];
  return { address: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`, keywords };
}

function listOf<Kind extends RunTimeDocument>(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  pick: (document: RunTimeDocument) => Kind | undefined,
): Kind[] {
  const list = fields[name];
  if (!Array.isArray(list)) throw new InvalidSnapshot(`"${name}" is no list`);
  return list.map((value: unknown, index) => {
    const document = readDocument(value);
    const picked = document && pick(document);
    if (picked === undefined) throw new InvalidSnapshot(`"${name}[${index}]" is none that happi has written`);
    return picked;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidSnapshot("it is no JSON");
  }
}
