/**
 * Units made of records. Pure.
 */
import type { Unit } from "../../service.ts";
import { unitOfHost } from "../unit_name.ts";
import { readUnit } from "../../read_unit.ts";
import type { DnsRecord } from "./message.ts";

/** The greatest weight of a server of HAProxy. */
const MOST = 256;

/**
 * A unit for each record.
 *
 * Of SRV records only those with the lowest priority count (RFC 2782: the others are for when these cannot be reached).
 * Their weights are HAProxy's as long as these fit, and are scaled down together otherwise; one of 0 among others becomes
 * 1, since RFC 2782 wants it chosen seldom, and HAProxy never would.
 *
 * @param records of one name and type
 * @param port of records that have none
 * @throws {InvalidUnit} when an address or a port is of no use
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitsOf } from "./units.ts";
 * const srv = { type: "SRV", port: 80, target: "a.test" } as const;
 * assert.deepEqual(unitsOf([{ ...srv, priority: 1, weight: 512 }, { ...srv, priority: 2, weight: 1 }], 0), [
 *   { unit: "a.test:80", hosts: [{ hostname: "a.test", port: 80 }], weight: 256, meta: { priority: "1" } },
 * ]);
 * ```
 */
export function unitsOf(records: readonly DnsRecord[], port: number): Unit[] {
  // A target of "." says that there is decidedly no such service.
  const services = records.filter((one) => one.type === "SRV").filter(({ target }) => target !== "");
  const lowest = Math.min(...services.map(({ priority }) => priority));
  const first = services.filter(({ priority }) => priority === lowest);
  const heaviest = Math.max(...first.map(({ weight }) => weight));
  const addresses = records.flatMap((one) => one.type === "SRV" ? [] : [one.address]);
  return [
    ...addresses.map((hostname) => readUnit(unitOfHost({ hostname, port }), { hostname, port })),
    ...first.map(({ target: hostname, port, priority, weight }) =>
      readUnit(unitOfHost({ hostname, port }), {
        hostname,
        port,
        ...(heaviest === 0 ? {} : { weight: scaled(weight, heaviest) }),
        meta: { priority: String(priority) },
      })
    ),
  ];
}

function scaled(weight: number, heaviest: number): number {
  return Math.max(1, heaviest <= MOST ? weight : Math.round(weight * MOST / heaviest));
}
