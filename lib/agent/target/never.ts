/**
 * What a request on the wire may never name, whatever the operator allows: the doors of cloud metadata services, which
 * hand out credentials, and addresses that are no host's own.
 */
import { contains, type Ip, type Network, parseNetwork } from "./ip.ts";

/**
 * Why an address may never be named.
 *
 * @returns what it is, as in "it is a link-local address"; `undefined` when there is nothing against it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseIp } from "./ip.ts";
 * import { neverAllowed } from "./never.ts";
 * const ip = parseIp("169.254.169.254");
 * assert.equal(ip && neverAllowed(ip), "a link-local address");
 * ```
 */
export function neverAllowed(ip: Ip): string | undefined {
  return NEVER.find(({ network }) => contains(network, ip))?.what;
}

/** Whether a name is that of a metadata service, which the cloud's own resolver would answer. */
export function isMetadataName(name: string): boolean {
  return METADATA_NAMES.has(name);
}

const METADATA_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.internal",
  "metadata.packet.net",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
]);

const LINK_LOCAL = "a link-local address";
const METADATA = "the address of a metadata service";
const NO_HOST = "no host's address";
const MULTICAST = "a multicast address";
const TUNNEL = "a tunnel to an IPv4 address";

const NEVER: readonly { readonly network: Network; readonly what: string }[] = ([
  ["169.254.0.0/16", LINK_LOCAL],
  ["fe80::/10", LINK_LOCAL],
  // Metadata services outside of the link-local networks: Alibaba, Azure, Oracle, AWS, Google, Scaleway.
  ["100.100.100.200", METADATA],
  ["168.63.129.16", METADATA],
  ["192.0.0.192", METADATA],
  ["fd00:ec2::/32", METADATA],
  ["fd20:ce::/32", METADATA],
  ["fd00:42::42", METADATA],
  // 0.0.0.0 and :: are this very host to Linux.
  ["0.0.0.0/8", NO_HOST],
  ["::", NO_HOST],
  ["240.0.0.0/4", NO_HOST],
  ["100::/64", NO_HOST],
  ["fec0::/10", NO_HOST],
  ["224.0.0.0/4", MULTICAST],
  ["ff00::/8", MULTICAST],
  // Teredo, and NAT64 prefixes of somebody's own: where their IPv4 address is cannot be known.
  ["2001::/32", TUNNEL],
  ["64:ff9b:1::/48", TUNNEL],
] as const).flatMap(([text, what]) => {
  const network = parseNetwork(text);
  return network === undefined ? [] : [{ network, what }];
});
