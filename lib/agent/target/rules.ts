/**
 * The allow-list of hosts, networks and ports that requests on the wire may name, as it is written and as it is used.
 */
import { HappiError } from "../../errors.ts";
import { parseHost } from "./host.ts";
import { type Network, parseNetwork } from "./ip.ts";

/** What requests on the wire may name. What is left out keeps its default; an empty list allows nothing. */
export interface TargetRules {
  /** Names (`api.example.com`, `*.example.com`) whose addresses are allowed wherever they are; default: none. */
  readonly hosts?: readonly string[];
  /** Networks (`10.0.0.0/8`, `fd00::/8`, `192.0.2.1`); default: private and loopback ones. */
  readonly networks?: readonly string[];
  /** Ports (`8888`, `"8000-8999"`); default: all. */
  readonly ports?: readonly (string | number)[];
}

/** A rule for targets cannot be read. */
export class InvalidTargetRules extends HappiError {
  /**
   * @param rule the rule as it was written
   * @param wanted what it must be
   */
  constructor(rule: string, wanted: string) {
    super("invalid_target_rules", `Cannot allow target "${rule}": it must be ${wanted}`);
  }
}

/** The rules, ready for use. */
export interface Rules {
  readonly hosts: readonly ((name: string) => boolean)[];
  readonly networks: readonly Network[];
  readonly ports: readonly (readonly [least: number, most: number])[];
}

/** Private (RFC 1918, RFC 4193) and loopback networks. */
export const DEFAULT_NETWORKS: readonly string[] = [
  "127.0.0.0/8",
  "::1",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "fc00::/7",
];

/**
 * Reads the rules.
 *
 * @throws {InvalidTargetRules} at the first that cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRules } from "./rules.ts";
 * assert.deepEqual(readRules({ ports: [8888, "8000-8099"] }).ports, [[8888, 8888], [8000, 8099]]);
 * ```
 */
export function readRules({ hosts = [], networks = DEFAULT_NETWORKS, ports = ["1-65535"] }: TargetRules): Rules {
  return { hosts: hosts.map(hostRule), networks: networks.map(networkRule), ports: ports.map(portRule) };
}

function hostRule(text: string): (name: string) => boolean {
  const [, wildcard, rest = ""] = /^(\*\.)?(.*)$/s.exec(text) ?? [];
  const host = parseHost(rest);
  if (host === undefined || host.ip !== undefined && wildcard !== undefined) {
    throw new InvalidTargetRules(text, 'a name such as "api.example.com" or "*.example.com"');
  }
  return wildcard === undefined ? (name) => name === host.text : (name) => name.endsWith(`.${host.text}`);
}

function networkRule(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new InvalidTargetRules(text, 'a network such as "10.0.0.0/8" or "fd00::/8"');
  return network;
}

function portRule(rule: string | number): readonly [number, number] {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(rule)) ?? [];
  const [least, most] = [Number(from), Number(to)];
  if (!(least >= 1 && most >= least && most <= 65535)) {
    throw new InvalidTargetRules(String(rule), 'a port such as 8888, or some such as "8000-8999"');
  }
  return [least, most];
}
