/**
 * Units as they come from outside: checked, with the value in quotes where it does not fit.
 */
import { InvalidUnit } from "./errors.ts";
import { sortHosts } from "./merge.ts";
import type { Host, Unit } from "./service.ts";

const FIELDS = ["hosts", "hostname", "port", "private_address", "weight", "maxconn", "state", "meta"];

/** Names of services and units: what a path, HAProxy and a person can all read. */
const NAME = /^[A-Za-z0-9_][\w.:/@+-]{0,126}$/;

/**
 * Reads a unit.
 *
 * @param name its name
 * @param given `{hosts: [{hostname, port, private_address?}], weight?, maxconn?, state?, meta?}`, or a single host's
 * fields beside the others
 * @throws {InvalidUnit} at the first field that does not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readUnit } from "./read_unit.ts";
 * assert.deepEqual(readUnit("web/0", { hostname: "10.0.0.1", port: 80, weight: 10 }), {
 *   unit: "web/0",
 *   hosts: [{ hostname: "10.0.0.1", port: 80 }],
 *   weight: 10,
 * });
 * assert.throws(() => readUnit("web/0", { hostname: "10.0.0.1", port: 0 }), /"port" is "0" and must be/);
 * ```
 */
export function readUnit(name: string, given: unknown): Unit {
  if (!isName(name)) throw new InvalidUnit(name.slice(0, 127), "a name is 1 to 127 letters, digits and any of _.:/@+-");
  if (!isRecord(given)) throw new InvalidUnit(name, "it must be an object");
  const unknown = Object.keys(given).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) {
    throw new InvalidUnit(name, `"${unknown}" is unknown: the fields are ${FIELDS.join(", ")}`);
  }
  const { hosts, hostname, port, private_address, weight, maxconn, state, meta } = given;
  const single = hostname === undefined && port === undefined ? [] : [{ hostname, port, private_address }];
  const many = hosts ?? [];
  if (!Array.isArray(many) || many.length > 100) throw new InvalidUnit(name, '"hosts" must be a list of at most 100');
  const all = [...single, ...many].map((host) => readHost(name, host));
  if (all.length === 0) throw new InvalidUnit(name, 'it must have "hostname" and "port", or "hosts"');
  return {
    unit: name,
    hosts: sortHosts(all),
    ...(weight === undefined ? {} : { weight: whole(name, "weight", weight, 0, 256) }),
    ...(maxconn === undefined ? {} : { maxconn: whole(name, "maxconn", maxconn, 0, 2 ** 31 - 1) }),
    ...(state === undefined ? {} : { state: readState(name, state) }),
    ...(meta === undefined ? {} : { meta: readMeta(name, meta) }),
  };
}

/** Whether services and units may be called so. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

function readHost(unit: string, given: unknown): Host {
  if (!isRecord(given)) throw new InvalidUnit(unit, "a host must be an object with hostname and port");
  const { hostname, port, private_address } = given;
  return {
    hostname: readAddress(unit, "hostname", hostname),
    port: whole(unit, "port", port, 1, 65535),
    ...(private_address === undefined
      ? {}
      : { private_address: readAddress(unit, "private_address", private_address) }),
  };
}

function readAddress(unit: string, field: string, value: unknown): string {
  const isHost = typeof value === "string" && (/^[\w-]+(\.[\w-]+)*\.?$/.test(value) || isIpv6(value));
  if (isHost && value.length <= 253) return value;
  throw new InvalidUnit(unit, `"${field}" is ${shown(value)} and must be a name, an IPv4 or an IPv6 address`);
}

function isIpv6(text: string): boolean {
  return text.includes(":") && /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

function whole(unit: string, field: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidUnit(unit, `"${field}" is ${shown(value)} and must be a whole number from ${least} to ${most}`);
}

function readState(unit: string, value: unknown): "ready" | "drain" {
  if (value === "ready" || value === "drain") return value;
  throw new InvalidUnit(unit, `"state" is ${shown(value)} and must be "ready" or "drain"`);
}

function readMeta(unit: string, value: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  const isFit = isRecord(value) && entries.length <= 50 &&
    entries.every(([key, one]) => key.length <= 100 && typeof one === "string" && one.length <= 1000);
  if (!isFit) throw new InvalidUnit(unit, '"meta" must be an object of at most 50 texts');
  return Object.fromEntries(entries.map(([key, one]) => [key, String(one)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : `"${String(value).slice(0, 60)}"`;
}
