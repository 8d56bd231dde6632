/**
 * IP addresses and networks as numbers, and the IPv4 address that an IPv6 address may stand for.
 */

/** An address. */
export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** All the addresses that begin alike. */
export interface Network extends Ip {
  /** How many bits are the same. */
  readonly length: number;
}

/**
 * Reads an address: IPv4 in four decimal numbers, IPv6 in any of its forms, without brackets and without a zone.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatIp, parseIp } from "./ip.ts";
 * assert.deepEqual(parseIp("10.0.0.1"), { family: 4, value: 0x0a000001n });
 * assert.equal(parseIp("0x7f.1"), undefined);
 * assert.deepEqual(parseIp("2001:DB8:0::1")?.value, (0x20010db8n << 96n) + 1n);
 * ```
 */
export function parseIp(text: string): Ip | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/**
 * Reads a network: `10.0.0.0/8`, `fd00::/8`, or one address.
 *
 * @returns `undefined` when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contains, parseIp, parseNetwork } from "./ip.ts";
 * const network = parseNetwork("10.0.0.0/8");
 * const ip = parseIp("10.200.0.1");
 * assert.ok(network && ip && contains(network, ip));
 * ```
 */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  const length = digits === undefined ? BITS[ip.family] : Number(digits);
  return length <= BITS[ip.family] ? { ...ip, length } : undefined;
}

/** Whether an address is in a network; never one of the other family. */
export function contains(network: Network, ip: Ip): boolean {
  if (network.family !== ip.family) return false;
  const rest = BigInt(BITS[ip.family] - network.length);
  return network.value >> rest === ip.value >> rest;
}

/** Writes an address in its usual form. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) return [24n, 16n, 8n, 0n].map((shift) => (ip.value >> shift) & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => (ip.value >> BigInt(112 - 16 * index)) & 0xffffn);
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]/`).hostname.slice(1, -1);
}

/**
 * The IPv4 address that traffic to an IPv6 address ends at: mapped, translated (NAT64) and tunnelled (6to4) forms.
 *
 * @returns the IPv4 address; `undefined` when the address stands for itself
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { embeddedIpv4, formatIp, parseIp } from "./ip.ts";
 * const ip = parseIp("64:ff9b::a9fe:a9fe");
 * const inner = ip && embeddedIpv4(ip);
 * assert.equal(inner && formatIp(inner), "169.254.169.254");
 * ```
 */
export function embeddedIpv4(ip: Ip): Ip | undefined {
  const form = EMBEDDING.find(({ network }) => contains(network, ip));
  if (form === undefined || ip.value <= 1n) return undefined;
  return { family: 4, value: (ip.value >> form.shift) & 0xffff_ffffn };
}

/** Whether an IPv6 address is an IPv4 one in disguise, so that connecting to it is an IPv4 connection. */
export function isMapped(ip: Ip): boolean {
  return contains(MAPPED, ip);
}

const BITS = { 4: 32, 6: 128 } as const;
const MAPPED: Network = { family: 6, value: 0xffffn << 32n, length: 96 };

const EMBEDDING: readonly { readonly network: Network; readonly shift: bigint }[] = [
  { network: MAPPED, shift: 0n },
  // IPv4-compatible (RFC 4291, withdrawn); `::` and `::1` are none.
  { network: { family: 6, value: 0n, length: 96 }, shift: 0n },
  // IPv4-translated (RFC 2765).
  { network: { family: 6, value: 0xffffn << 48n, length: 96 }, shift: 0n },
  // NAT64 (RFC 6052).
  { network: { family: 6, value: 0x0064_ff9bn << 96n, length: 96 }, shift: 0n },
  // 6to4 (RFC 3056).
  { network: { family: 6, value: 0x2002n << 112n, length: 16 }, shift: 80n },
];

function parseV4(text: string): Ip | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return { family: 4, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

function parseV6(text: string): Ip | undefined {
  // The URL standard's own reader leaves one form: small hexadecimal groups with at most one gap.
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  const gap = tail === undefined ? [] : Array<bigint>(8 - before.length - after.length).fill(0n);
  return { family: 6, value: [...before, ...gap, ...after].reduce((value, group) => (value << 16n) | group, 0n) };
}

function groupsOf(text: string): bigint[] {
  return text === "" ? [] : text.split(":").map((group) => BigInt(`0x${group}`));
}
