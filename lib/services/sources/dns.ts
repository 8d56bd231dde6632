/**
 * The source `dns`: names that are looked up again and again, each for a service. A or AAAA records give addresses, and SRV
 * records hosts, ports and weights.
 *
 * A name without records has no units. A name server that does not answer, refuses or fails says nothing about the name:
 * its units stay.
 */
import type { Source } from "../source.ts";
import { type NameServer, type Resolver, resolverOf } from "./dns/ask.ts";
import type { RecordType } from "./dns/message.ts";
import { unitsOf } from "./dns/units.ts";
import { makeLife, rounds, type SourceOptions } from "./rounds.ts";

/** A name, and what it is for. */
export interface DnsName {
  readonly service: string;
  /** Whole: the search list of resolv.conf is not used. */
  readonly name: string;
  readonly type: RecordType;
  /** Of A and AAAA records. */
  readonly port?: number | undefined;
}

/** Which names, and who is asked. */
export interface DnsOptions extends SourceOptions {
  readonly names: readonly DnsName[];
  /** Those of /etc/resolv.conf if not given. */
  readonly servers?: readonly NameServer[] | undefined;
  /** A name is looked up so often, and sooner when its records hold less long, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /** A server has so long to answer, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
  /** Looks names up. */
  readonly resolve?: Resolver | undefined;
}

/** However short a time records hold, a name is not looked up sooner again. */
const SOONEST_MS = 1000;

/**
 * Makes it.
 *
 * @param name its name
 * @param options which names
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dnsSource } from "./dns.ts";
 * await using source = dnsSource("own", {
 *   names: [{ service: "web", name: "web.test", type: "A", port: 80 }],
 *   resolve: () => Promise.resolve({ records: [{ type: "A", address: "10.0.0.1" }] }),
 * });
 * const picture = await new Promise((resolve) => source.start({ onPicture: resolve, onTrouble: () => {} }));
 * assert.deepEqual(picture, new Map([["web", [{ unit: "10.0.0.1:80", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]));
 * ```
 */
export function dnsSource(name: string, options: DnsOptions): Source {
  const { names, servers, intervalMs = 10_000, timeoutMs } = options;
  const resolve = options.resolve ?? resolverOf(servers, timeoutMs);
  const target = [...new Set(names.map((one) => one.name))].join(", ");
  return makeLife({ name, kind: "dns", target }, options, async (parts, signal) => {
    const partOf = (index: number) => `${index}`;
    parts.expect(names.map((_, index) => partOf(index)));
    await Promise.all(names.map(async ({ service, name, type, port = 0 }, index) => {
      const look = async () => {
        const { records, ttl = Infinity } = await resolve(name, type, signal);
        parts.put(partOf(index), new Map([[service, unitsOf(records, port)]]));
        return Math.max(Math.min(intervalMs, ttl * 1000), Math.min(SOONEST_MS, intervalMs));
      };
      await rounds(look, (why) => parts.fail(partOf(index), why), options, signal);
    }));
  });
}
