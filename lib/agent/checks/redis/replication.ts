/**
 * Reads the answer to Redis' `INFO replication`.
 */

/** What a server says of its part in replication. */
export interface Replication {
  readonly role: "master" | "replica";
  /** Whether a replica is connected to its master. */
  readonly isLinked: boolean;
  /** Whether a replica is being given all data anew. */
  readonly isSyncing: boolean;
  /** How long ago a replica heard of its master, in milliseconds; `undefined` when it never did, and on a master. */
  readonly silentMs: number | undefined;
  /** Of a master: replicas that are connected. */
  readonly replicas: number;
}

/**
 * Reads it.
 *
 * @param text lines of `name:value`
 * @returns `undefined` when it tells of no role
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseReplication } from "./replication.ts";
 * const text = "# Replication\r\nrole:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:3\r\n";
 * assert.equal(parseReplication(text)?.silentMs, 3000);
 * ```
 */
export function parseReplication(text: string): Replication | undefined {
  const fields = new Map(
    text.split(/\r?\n/).map((line) => {
      const [name = "", ...value] = line.split(":");
      return [name, value.join(":")] as const;
    }),
  );
  const role = ROLES.get(fields.get("role") ?? "");
  if (role === undefined) return undefined;
  const isLinked = fields.get("master_link_status") === "up";
  // It is -1 where there has been nothing yet.
  const seconds = Number(fields.get(isLinked ? "master_last_io_seconds_ago" : "master_link_down_since_seconds") ?? -1);
  return {
    role,
    isLinked,
    isSyncing: fields.get("master_sync_in_progress") === "1",
    silentMs: role === "replica" && seconds >= 0 ? seconds * 1000 : undefined,
    replicas: Number(fields.get("connected_slaves") ?? 0),
  };
}

/** Redis says `slave`; Valkey may say `replica`. */
const ROLES: ReadonlyMap<string, "master" | "replica"> = new Map([
  ["master", "master"],
  ["slave", "replica"],
  ["replica", "replica"],
]);
