/**
 * Units made of keys and values of etcd: the key is `PREFIX` `SERVICE` `/` `UNIT`. Pure.
 */
import { reason } from "../../../errors.ts";
import { isName, readUnit } from "../../read_unit.ts";
import type { Unit } from "../../service.ts";
import { SourceFailed } from "../errors.ts";

/** A key of a unit. */
export interface UnitKey {
  readonly service: string;
  readonly unit: string;
}

/**
 * Reads a key.
 *
 * @returns `undefined` when it is about something else
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseKey } from "./units.ts";
 * assert.deepEqual(parseKey("/services/web/web/0", "/services/"), { service: "web", unit: "web/0" });
 * ```
 */
export function parseKey(key: string, prefix: string): UnitKey | undefined {
  const [, service = "", unit = ""] = /^([^/]+)\/(.+)$/s.exec(key.slice(prefix.length)) ?? [];
  return key.startsWith(prefix) && isName(service) && isName(unit) ? { service, unit } : undefined;
}

/**
 * Reads a value: a unit as JSON, `host:port`, or `{"Addr": "host:port"}` as etcd's own clients for Go write it.
 *
 * @throws {SourceFailed} when it is none of these
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readValue } from "./units.ts";
 * assert.deepEqual(readValue("web/0", "[::1]:80", "etcd").hosts, [{ hostname: "::1", port: 80 }]);
 * ```
 */
export function readValue(unit: string, value: string, target: string): Unit {
  try {
    const given: unknown = value.trimStart().startsWith("{") ? JSON.parse(value) : { Addr: value.trim() };
    const isAddress = typeof given === "object" && given !== null && "Addr" in given;
    return readUnit(unit, isAddress ? placeOf(String(given.Addr)) : given);
  } catch (thrown) {
    throw new SourceFailed(
      target,
      `unit "${unit}": ${reason(thrown).replace(/^Cannot register unit "[^"]*": /, "")}`,
      thrown,
    );
  }
}

function placeOf(address: string): { readonly hostname: string; readonly port: number } {
  const [, hostname = address, port] =
    /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(address)?.filter((part) => part !== undefined) ?? [];
  return { hostname, port: Number(port) };
}
