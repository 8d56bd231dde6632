/**
 * Names of servers: made from units, such that HAProxy takes them, that they stay the same, and that no two are alike.
 */
import { fill, placeholdersOf } from "./template.ts";

/** What a name is made from. */
export interface Named {
  /** Such as `happi-{service}-{unit}`. */
  readonly pattern: string;
  readonly service: string;
  readonly unit: string;
  readonly hostname: string;
  readonly port: number;
  /** Whether the unit answers in several places, so that its own name is not enough. */
  readonly isOneOfSeveral: boolean;
  readonly meta?: Readonly<Record<string, string>>;
}

/** HAProxy takes more; a name has to fit into a line of a table too. */
const LONGEST = 80;

/**
 * The name of each server of a backend; the same for the same unit whoever else is there, unless two would be alike.
 *
 * A unit `web/0` of the service `web` gives `{unit}` as `0`. A name that had to be bent (other characters, too long, one of
 * several places) ends in a hash of what it was made from, and so do those that would be alike.
 *
 * @param wanted what the names are for
 * @returns a name for each, in the same order
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { serverNames } from "./server_names.ts";
 * const at = { pattern: "happi-{service}-{unit}", hostname: "10.0.0.1", port: 80, isOneOfSeveral: false };
 * const web = [{ service: "web", unit: "web/0", ...at }, { service: "web", unit: "blue", ...at }];
 * assert.deepEqual(serverNames(web), ["happi-web-0", "happi-web-blue"]);
 * ```
 */
export function serverNames(wanted: readonly Named[]): string[] {
  const plain = wanted.map(plainName);
  const times = new Map<string, number>();
  for (const { name } of plain) times.set(name, (times.get(name) ?? 0) + 1);
  return plain.map(({ name, raw, isBent }) => isBent || (times.get(name) ?? 0) === 1 ? name : withHash(name, raw));
}

function plainName(one: Named): { name: string; raw: string; isBent: boolean } {
  const { pattern, service, unit, hostname, port, isOneOfSeveral, meta } = one;
  const own = unit.startsWith(`${service}/`) ? unit.slice(service.length + 1) : unit;
  const values = { service, unit: own, hostname, port: String(port), ...prefixed(meta) };
  const filled = fill(pattern, values) ?? `happi-${service}-${own}`;
  const says = (name: string) => placeholdersOf(pattern).includes(name);
  const isEnough = (says("unit") && !isOneOfSeveral) || (says("hostname") && says("port"));
  const name = filled.replaceAll("/", "-").replace(/[^A-Za-z0-9_.:-]/g, "_").replace(/^#/, "_");
  const raw = JSON.stringify([service, unit, ...(isOneOfSeveral ? [hostname, port] : [])]);
  const isBent = name !== filled.replaceAll("/", "-") || name.length > LONGEST || !isEnough;
  return { name: isBent ? withHash(name, raw) : name, raw, isBent };
}

function prefixed(meta: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(meta).map(([key, value]) => [`meta.${key}`, value]));
}

function withHash(name: string, raw: string): string {
  return `${name.slice(0, LONGEST - 8)}-${hash(raw)}`;
}

/** FNV-1a, 32 bits: enough to keep apart the few names that need it. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0").slice(0, 7);
}
