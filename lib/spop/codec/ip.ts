/**
 * An IP address as SPOP carries it: four or sixteen bytes. It is small, keeps nothing of the buffer it came from, and
 * makes text only when asked.
 */
import { formatIp, parseIp } from "./ip_text.ts";
import { Cidr } from "./cidr.ts";

/**
 * An IPv4 or IPv6 address.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Ip } from "./ip.ts";
 * const ip = Ip.parse("192.0.2.1");
 * assert.equal(ip.version, 4);
 * assert.equal(ip.toNumber(), 0xc0000201);
 * assert.ok(ip.isIn("192.0.2.0/24"));
 * assert.equal(String(Ip.parse("2001:DB8:0::1")), "2001:db8::1");
 * ```
 */
export class Ip {
  /** 4 or 6. */
  readonly version: 4 | 6;
  readonly #words: readonly [number, number, number, number];
  readonly #v4: number;

  private constructor(version: 4 | 6, v4: number, words: readonly [number, number, number, number]) {
    this.version = version;
    this.#v4 = v4;
    this.#words = words;
  }

  /** @param value the address as an unsigned 32-bit number, `192.0.2.1` being 0xc0000201 */
  static v4(value: number): Ip {
    return new Ip(4, value >>> 0, ZERO);
  }

  /** Four unsigned 32-bit numbers, the first being the high end. */
  static v6(a: number, b: number, c: number, d: number): Ip {
    return new Ip(6, 0, [a >>> 0, b >>> 0, c >>> 0, d >>> 0]);
  }

  /**
   * @param bytes 4 or 16 bytes at `at`
   * @param at where they begin
   * @param version which of the two
   */
  static read(bytes: Uint8Array, at: number, version: 4 | 6): Ip {
    if (version === 4) return Ip.v4(wordAt(bytes, at));
    return Ip.v6(wordAt(bytes, at), wordAt(bytes, at + 4), wordAt(bytes, at + 8), wordAt(bytes, at + 12));
  }

  /**
   * Reads an address as people write it.
   *
   * @throws {InvalidIp} when it is none
   */
  static parse(text: string): Ip {
    const words = parseIp(text);
    return typeof words === "number" ? Ip.v4(words) : Ip.v6(...words);
  }

  /** The 32-bit words, high end first: one for IPv4, four for IPv6. */
  word(index: 0 | 1 | 2 | 3): number {
    if (this.version === 6) return this.#words[index];
    return index === 0 ? this.#v4 : 0;
  }

  /** A copy of its 4 or 16 bytes. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const view = new DataView(new ArrayBuffer(this.version === 4 ? 4 : 16));
    for (const index of WORDS) if (index * 4 < view.byteLength) view.setUint32(index * 4, this.word(index));
    return new Uint8Array(view.buffer);
  }

  /** IPv4 as an unsigned 32-bit number; NaN for IPv6, which does not fit one. */
  toNumber(): number {
    return this.version === 4 ? this.#v4 : NaN;
  }

  /** The address as one number, of 32 or 128 bits. */
  toBigInt(): bigint {
    if (this.version === 4) return BigInt(this.#v4);
    return this.#words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
  }

  /** IPv4 for an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, from a listener for both); itself otherwise. */
  unmapped(): Ip {
    const [a, b, c, d] = this.#words;
    return this.version === 6 && a === 0 && b === 0 && c === 0xffff ? Ip.v4(d) : this;
  }

  /**
   * Whether the address is in a network. An IPv4-mapped address is in what its IPv4 address is in.
   *
   * @param network a network, or its text (the last few hundred texts are remembered)
   * @throws {InvalidIp} when the text is no network
   */
  isIn(network: Cidr | string): boolean {
    return (typeof network === "string" ? recall(network) : network).has(this);
  }

  /** Whether the other is the same address of the same version. */
  equals(other: Ip): boolean {
    return this.version === other.version && WORDS.every((index) => this.word(index) === other.word(index));
  }

  /** As people write it: `192.0.2.1`, `2001:db8::1` (RFC 5952). */
  toString(): string {
    return formatIp(this.version === 4 ? this.#v4 : this.#words);
  }

  /** For JSON: the text. */
  toJSON(): string {
    return this.toString();
  }
}

const ZERO = [0, 0, 0, 0] as const;
const WORDS = [0, 1, 2, 3] as const;

const networks = new Map<string, Cidr>();
const MOST_NETWORKS = 256;

function recall(text: string): Cidr {
  const known = networks.get(text);
  if (known !== undefined) return known;
  const network = Cidr.parse(text);
  if (networks.size >= MOST_NETWORKS) networks.clear();
  networks.set(text, network);
  return network;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>> 0;
}
