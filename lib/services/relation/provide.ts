/**
 * What a provider writes into its databag: `configure` of the http interface. Pure.
 */
import { InvalidUnit } from "../errors.ts";
import { readUnit } from "../read_unit.ts";

/** What a provider offers. Lists are for several addresses, in the order of each other. */
export interface Offer {
  readonly port: number;
  /** What clients use; the relation's own address if not said. */
  readonly hostname?: string | readonly string[];
  /** The address within the network; the relation's own if not said. */
  readonly privateAddress?: string | readonly string[];
  /** More places, each with its own port. */
  readonly extended?: readonly { readonly hostname: string; readonly port: number; readonly privateAddress?: string }[];
}

/**
 * The keys to be set in the databag of a relation.
 *
 * @param offer what is offered
 * @param ingressAddress this unit's address on the relation: each has its own
 * @returns texts by key; `extended_data` is empty where there is only one place, so that an older list is taken back
 * @throws {InvalidUnit} when an address or a port is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { databagOf } from "./provide.ts";
 * assert.deepEqual(databagOf({ port: 80 }, "10.0.0.1"), {
 *   hostname: "10.0.0.1",
 *   "private-address": "10.0.0.1",
 *   port: "80",
 *   extended_data: "",
 * });
 * assert.equal(
 *   databagOf({ port: 80, hostname: ["a", "b"] }, "10.0.0.1").extended_data,
 *   '[{"hostname":"b","port":80,"private-address":"10.0.0.1"}]',
 * );
 * ```
 */
export function databagOf(offer: Offer, ingressAddress: string): Readonly<Record<string, string>> {
  const [hostnames, addresses] = [listOf(offer.hostname), listOf(offer.privateAddress)];
  const count = Math.max(1, hostnames.length, addresses.length);
  const places = Array.from({ length: count }, (_, index) => ({
    hostname: hostnames[index] ?? ingressAddress,
    port: offer.port,
    privateAddress: addresses[index] ?? ingressAddress,
  }));
  const extended = (offer.extended ?? []).map((one) => ({ privateAddress: ingressAddress, ...one }));
  const all = [...places, ...extended];
  readUnit("this-unit", {
    hosts: all.map(({ hostname, port, privateAddress }) => ({ hostname, port, private_address: privateAddress })),
  });
  const [first, ...rest] = all.map(({ hostname, port, privateAddress }) => ({
    hostname,
    port,
    "private-address": privateAddress,
  }));
  if (first === undefined) throw new InvalidUnit("this-unit", "it offers nothing");
  return { ...first, port: String(first.port), extended_data: rest.length === 0 ? "" : JSON.stringify(rest) };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
