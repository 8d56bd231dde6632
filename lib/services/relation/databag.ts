/**
 * What a unit says of itself in a Juju relation, as hosts: the keys of the http interface, and what charms in the wild send
 * instead. Pure.
 *
 * | key | means |
 * |---|---|
 * | `hostname`, or `host` as some charms say it | a name or an address |
 * | `private-address` | the address within the network; in the place of a hostname that is not there |
 * | `port` | where it answers; without one the unit has nothing to offer yet |
 * | `extended_data` | a JSON list of more of these three |
 */
import { InvalidUnit } from "../errors.ts";
import { sortHosts } from "../merge.ts";
import { readUnit } from "../read_unit.ts";
import type { Host } from "../service.ts";

/** A unit's databag: all values are texts; other forms are what tools make of them. */
export type Databag = Readonly<Record<string, unknown>>;

/**
 * The hosts that a databag names. What makes no sense is left out, as if it had not been said.
 *
 * @param databag its keys and values
 * @returns sorted, without doubles; none when it has no port yet
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hostsOf } from "./databag.ts";
 * assert.deepEqual(hostsOf({ hostname: "None", "private-address": "10.0.0.1", port: '"8080"' }), [
 *   { hostname: "10.0.0.1", port: 8080, private_address: "10.0.0.1" },
 * ]);
 * assert.deepEqual(hostsOf({ hostname: "10.0.0.1" }), []);
 * ```
 */
export function hostsOf(databag: Databag): Host[] {
  return sortHosts([databag, ...extendedData(databag.extended_data)].flatMap((one) => hostOf(one) ?? []));
}

function hostOf(said: Databag): Host | undefined {
  const privateAddress = addressOf(said["private-address"]);
  const hostname = addressOf(said.hostname) ?? addressOf(said.host) ?? privateAddress;
  const port = portOf(textOf(said.port));
  if (hostname === undefined || port === undefined) return undefined;
  return { hostname, port, ...(privateAddress === undefined ? {} : { private_address: privateAddress }) };
}

/** A name or an address. Anything else would be refused further on, and with it all that other units say. */
function addressOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  try {
    return readUnit("this-unit", { hostname: text, port: 1 }).hosts[0]?.hostname;
  } catch (thrown) {
    if (thrown instanceof InvalidUnit) return undefined;
    throw thrown;
  }
}

/** A value as text: quoted once more by some tools, a number for others, and `None` for nothing. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  const text = (/^\s*"([^"\\]*)"\s*$/.exec(value)?.[1] ?? value).trim();
  return text === "" || NOTHING.includes(text.toLowerCase()) || /[\s\p{Cc}]/u.test(text) ? undefined : text;
}

const NOTHING = ["none", "null", "undefined"];

function portOf(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

function extendedData(value: unknown): Databag[] {
  const list = typeof value === "string" ? parse(value) : value;
  if (!Array.isArray(list)) return [];
  return list.filter((one): one is Databag => typeof one === "object" && one !== null && !Array.isArray(one));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
