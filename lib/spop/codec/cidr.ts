/**
 * A network: the addresses that share a prefix.
 */
import { Ip } from "./ip.ts";
import { InvalidIp } from "./ip_text.ts";

/**
 * A network of IPv4 or IPv6 addresses.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Cidr } from "./cidr.ts";
 * import { Ip } from "./ip.ts";
 * assert.ok(Cidr.parse("2001:db8::/32").has(Ip.parse("2001:db8::1")));
 * assert.ok(!Cidr.parse("10.0.0.0/8").has(Ip.parse("11.0.0.0")));
 * assert.equal(String(Cidr.parse("10.1.2.3/8")), "10.0.0.0/8");
 * ```
 */
export class Cidr {
  /** The first address. */
  readonly address: Ip;
  /** How many leading bits count: 0 to 32, or to 128. */
  readonly prefix: number;

  /**
   * @param address any address of the network; what is behind the prefix is cleared
   * @param prefix how many leading bits count
   */
  constructor(address: Ip, prefix: number) {
    this.prefix = prefix;
    const kept = (index: 0 | 1 | 2 | 3) => address.word(index) & maskOf(prefix - index * 32);
    this.address = address.version === 4 ? Ip.v4(kept(0)) : Ip.v6(kept(0), kept(1), kept(2), kept(3));
  }

  /**
   * Reads `address/prefix`; a bare address is a network of one.
   *
   * @throws {InvalidIp} when it is neither
   */
  static parse(text: string): Cidr {
    const slash = text.indexOf("/");
    const address = Ip.parse(slash < 0 ? text : text.slice(0, slash));
    const bits = address.version === 4 ? 32 : 128;
    if (slash < 0) return new Cidr(address, bits);
    const prefix = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
      throw new InvalidIp(text, `its prefix is not a number from 0 to ${bits}`);
    }
    return new Cidr(address, Number(prefix));
  }

  /** Whether an address is in the network; an IPv4-mapped one counts as IPv4. */
  has(ip: Ip): boolean {
    const { address, prefix } = this;
    if (ip.version !== address.version) {
      const v4 = ip.unmapped();
      return v4.version === address.version && this.has(v4);
    }
    for (let index = 0; index * 32 < prefix; index++) {
      const word = WORDS[index] ?? 0;
      if (((ip.word(word) ^ address.word(word)) & maskOf(prefix - index * 32)) !== 0) return false;
    }
    return true;
  }

  /** As people write it. */
  toString(): string {
    return `${this.address}/${this.prefix}`;
  }
}

const WORDS = [0, 1, 2, 3] as const;

/** 32 bits, as many of them set from the high end as are asked for. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}
