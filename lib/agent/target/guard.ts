/**
 * Which addresses a check may connect to: `agent-send` can name any, and HAProxy's host reaches more than it should.
 *
 * A name is resolved once, every address of it is looked at, and the addresses are handed back: who connects uses
 * those and resolves nothing again, so that a name cannot lead elsewhere a moment later.
 */
import { lookup } from "node:dns/promises";
import { reason } from "../../errors.ts";
import { CheckFailed, TargetRefused } from "../errors.ts";
import { type Host, isLocalhost, parseHost } from "./host.ts";
import { contains, embeddedIpv4, formatIp, type Ip, isMapped, parseIp } from "./ip.ts";
import { isMetadataName, neverAllowed } from "./never.ts";
import { readRules, type Rules, type TargetRules } from "./rules.ts";
import { withSignal } from "./with_signal.ts";

/** Who named a target: a request on the wire, or the operator's configuration. */
export type TargetOrigin = "wire" | "config";

/** An address that was looked at and may be connected to. */
export interface PinnedAddress {
  /** `10.0.0.1`, `2001:db8::1` (no brackets). */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/** Gives every address of a name, the one to try first in front. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Looks at targets before anybody connects to them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TargetGuard } from "./guard.ts";
 * const guard = new TargetGuard({ ports: ["8000-8999"] });
 * const { signal } = new AbortController();
 * assert.deepEqual(await guard.resolve("0x0a.1", 8888, "wire", signal), { address: "10.0.0.1", port: 8888, family: 4 });
 * await assert.rejects(guard.resolve("169.254.169.254", 8000, "wire", signal), /link-local/);
 * await assert.rejects(guard.resolve("10.0.0.1", 22, "wire", signal), /port/);
 * ```
 */
export class TargetGuard {
  readonly #rules: Rules;
  readonly #resolveName: ResolveName;

  /**
   * @param rules what requests on the wire may name
   * @param resolveName asks for addresses; default: the system's resolver
   * @throws {InvalidTargetRules} when a rule cannot be read
   */
  constructor(rules: TargetRules = {}, resolveName: ResolveName = systemResolver) {
    this.#rules = readRules(rules);
    this.#resolveName = resolveName;
  }

  /**
   * The address to connect to, where one is enough.
   *
   * @param host a name, an IPv4 or an IPv6 address (brackets allowed)
   * @param port 1 to 65535
   * @param origin who named it; the operator's own targets are not refused
   * @param signal ends the resolving
   * @throws {TargetRefused} when it may not be connected to
   * @throws {CheckFailed} when there is no such address
   */
  async resolve(host: string, port: number, origin: TargetOrigin, signal: AbortSignal): Promise<PinnedAddress> {
    const [first] = await this.resolveAll(host, port, origin, signal);
    return first;
  }

  /**
   * The addresses to try, in order: {@linkcode resolve} for names that have several. One that may not be connected to
   * refuses the name: who answers for it may not choose which of them is seen.
   */
  async resolveAll(
    host: string,
    port: number,
    origin: TargetOrigin,
    signal: AbortSignal,
  ): Promise<readonly [PinnedAddress, ...PinnedAddress[]]> {
    const target = `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
    const parsed = parseHost(host);
    if (parsed === undefined) throw new CheckFailed(`Cannot connect to "${target}": "${host}" is no host`);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      throw new CheckFailed(`Cannot connect to "${target}": ports are 1 to 65535`);
    }
    if (origin === "wire") this.#refuseBefore(target, parsed, port);
    const ips = parsed.ip === undefined ? await this.#addresses(target, parsed.text, signal) : [parsed.ip];
    if (origin === "wire") { for (const ip of ips) this.#refuseAddress(target, parsed, ip); }
    const [first, ...others] = ips.map((ip) => pinned(ip, port));
    if (first === undefined) throw new CheckFailed(`Cannot connect to "${target}": the name has no address`);
    return [first, ...others];
  }

  /** What can be said before any resolver is asked: it should not even learn of a name that is refused. */
  #refuseBefore(target: string, host: Host, port: number): void {
    if (!this.#rules.ports.some(([least, most]) => port >= least && port <= most)) {
      throw refused(target, `requests may not name port ${port}`);
    }
    if (host.ip === undefined && isMetadataName(host.text)) {
      throw refused(target, "it is the name of a metadata service, which requests may never name");
    }
  }

  #refuseAddress(target: string, host: Host, ip: Ip): void {
    const inner = embeddedIpv4(ip);
    const shown = `${host.ip === undefined ? `it leads to ${formatIp(ip)}, which` : "it"} is`;
    const never = neverAllowed(ip) ?? (inner && neverAllowed(inner));
    if (never !== undefined) throw refused(target, `${shown} ${never}, which requests may never name`);
    if (this.#rules.hosts.some((isAllowed) => isAllowed(host.text))) return;
    if (!this.#rules.networks.some((network) => contains(network, inner ?? ip))) {
      throw refused(target, `${shown} in none of the networks that requests may name`);
    }
  }

  async #addresses(target: string, name: string, signal: AbortSignal): Promise<Ip[]> {
    // Never left to a name server, which could say anything.
    const texts = isLocalhost(name) ? LOOPBACK : await this.#ask(target, name, signal);
    return texts.map((text) => {
      const ip = parseIp(text);
      if (ip === undefined) throw new CheckFailed(`Cannot connect to "${target}": the name led to "${text}"`);
      return ip;
    });
  }

  async #ask(target: string, name: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await withSignal(this.#resolveName(name, signal), signal);
    } catch (error) {
      const why = signal.aborted ? "its name was not resolved in time" : `the name has no address (${reason(error)})`;
      throw new CheckFailed(`Cannot connect to "${target}": ${why}`, error);
    }
  }
}

const LOOPBACK = ["127.0.0.1", "::1"];

function pinned(ip: Ip, port: number): PinnedAddress {
  const own = isMapped(ip) ? embeddedIpv4(ip) ?? ip : ip;
  return { address: formatIp(own), port, family: own.family };
}

function refused(target: string, why: string): TargetRefused {
  return new TargetRefused(`Cannot connect to "${target}": ${why}`);
}

async function systemResolver(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
