/** A writer of small MMDB files (MaxMind DB file format 2.0), for tests and benchmarks. */
import type { Cidr } from "../../../../lib/spop/codec/mod.ts";

/** A number with the type that it has in the file. */
export class Sized {
  constructor(
    readonly type: "uint16" | "uint32" | "int32" | "uint64" | "uint128" | "float",
    readonly value: number | bigint,
  ) {}
}

/** What can be in a record; plain numbers are doubles. */
export type MmdbValue =
  | string
  | number
  | boolean
  | Uint8Array
  | Sized
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue };

/** How a file is written. */
export interface MmdbOptions {
  readonly recordSize: 24 | 28 | 32;
  readonly ipVersion: 4 | 6;
  /** Whether texts that come again are pointers to the first. */
  readonly hasPointers?: boolean;
  readonly databaseType?: string;
  /** What the metadata says of the tree; the truth if not given. */
  readonly nodeCount?: MmdbValue;
}

/** Writes a file; later networks must not have earlier ones in them, nor be in them. */
export function writeMmdb(
  records: readonly (readonly [Cidr, MmdbValue])[],
  options: MmdbOptions,
): Uint8Array<ArrayBuffer> {
  const data = new DataWriter(options.hasPointers ?? true);
  const tree: [number, number][] = [[EMPTY, EMPTY]];
  for (const [cidr, value] of records) {
    const place = data.bytes.length;
    data.write(value);
    insert(tree, bitsOf(cidr, options.ipVersion), place);
  }
  const metadata = new DataWriter(false);
  metadata.write({
    binary_format_major_version: new Sized("uint16", 2),
    binary_format_minor_version: new Sized("uint16", 0),
    build_epoch: new Sized("uint64", 1_700_000_000),
    database_type: options.databaseType ?? "Test",
    description: { en: "a test" },
    ip_version: new Sized("uint16", options.ipVersion),
    languages: ["en"],
    node_count: options.nodeCount ?? new Sized("uint32", tree.length),
    record_size: new Sized("uint16", options.recordSize),
  });
  const marker = [0xab, 0xcd, 0xef, ...new TextEncoder().encode("MaxMind.com")];
  const parts = [treeBytes(tree, options.recordSize), new Uint8Array(16), data.bytes, marker, metadata.bytes];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** In the tree: nodes are positive, data is `-2 - place`, nothing is -1. */
const EMPTY = -1;

function bitsOf({ address, prefix }: Cidr, ipVersion: 4 | 6): number[] {
  const bits = address.version === 4 ? 32 : 128;
  const own = Array.from({ length: prefix }, (_, bit) => Number(address.toBigInt() >> BigInt(bits - 1 - bit) & 1n));
  return ipVersion === 6 && address.version === 4 ? [...Array<number>(96).fill(0), ...own] : own;
}

function insert(tree: [number, number][], bits: readonly number[], place: number): void {
  let node = 0;
  for (const [index, bit] of bits.entries()) {
    const side = bit === 0 ? 0 : 1;
    const edges = tree[node] ?? [EMPTY, EMPTY];
    if (index === bits.length - 1) edges[side] = -2 - place;
    else if (edges[side] < 0) {
      edges[side] = tree.length;
      tree.push([EMPTY, EMPTY]);
    }
    node = edges[side];
  }
}

function treeBytes(tree: readonly [number, number][], recordSize: 24 | 28 | 32): Uint8Array {
  const bytes = new Uint8Array(tree.length * recordSize / 4);
  const record = (edge: number) => edge >= 0 ? edge : edge === EMPTY ? tree.length : tree.length + 16 + (-2 - edge);
  for (const [index, [left, right]] of tree.entries()) {
    const width = BigInt(recordSize);
    const [l, r] = [BigInt(record(left)), BigInt(record(right))];
    // 28 bits: the two high halves share the middle byte.
    const node = recordSize !== 28
      ? l << width | r
      : (l & 0xffffffn) << 32n | l >> 24n << 28n | r >> 24n << 24n | r & 0xffffffn;
    const size = recordSize / 4;
    for (let byte = 0; byte < size; byte++) {
      bytes[index * size + byte] = Number(node >> BigInt((size - 1 - byte) * 8) & 0xffn);
    }
  }
  return bytes;
}

const TYPES = { uint16: 5, uint32: 6, int32: 8, uint64: 9, uint128: 10, float: 15 } as const;

class DataWriter {
  bytes: number[] = [];
  readonly #texts = new Map<string, number>();
  constructor(readonly hasPointers: boolean) {}

  write(value: MmdbValue): void {
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "boolean") return this.#head(14, value ? 1 : 0);
    if (typeof value === "number") return this.#raw(3, new Uint8Array(new Float64Array([value]).buffer).reverse());
    if (value instanceof Uint8Array) return this.#raw(4, value);
    if (value instanceof Sized) return this.#sized(value);
    if (Array.isArray(value)) {
      this.#head(11, value.length);
      for (const one of value) this.write(one);
      return;
    }
    const entries = Object.entries(value);
    this.#head(7, entries.length);
    for (const [key, one] of entries) {
      this.#text(key);
      this.write(one);
    }
  }

  #sized({ type, value }: Sized): void {
    if (type === "float") return this.#raw(15, new Uint8Array(new Float32Array([Number(value)]).buffer).reverse());
    const bytes: number[] = [];
    let rest = type === "int32" ? BigInt.asUintN(32, BigInt(value)) : BigInt(value);
    for (; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
    this.#raw(TYPES[type], Uint8Array.from(bytes));
  }

  #text(text: string): void {
    const known = this.#texts.get(text);
    if (known !== undefined && this.hasPointers) return this.#pointer(known);
    this.#texts.set(text, this.bytes.length);
    this.#raw(2, new TextEncoder().encode(text));
  }

  #pointer(place: number): void {
    if (place < 2048) this.bytes.push(0x20 | place >> 8, place & 255);
    else if (place < 2048 + 2 ** 19) {
      const rest = place - 2048;
      this.bytes.push(0x28 | rest >> 16, rest >> 8 & 255, rest & 255);
    } else this.bytes.push(0x38, place >>> 24, place >> 16 & 255, place >> 8 & 255, place & 255);
  }

  #raw(type: number, bytes: Uint8Array): void {
    this.#head(type, bytes.length);
    for (const byte of bytes) this.bytes.push(byte);
  }

  #head(type: number, size: number): void {
    const [low, more] = size < 29
      ? [size, []]
      : size < 285
      ? [29, [size - 29]]
      : size < 65821
      ? [30, [size - 285 >> 8, size - 285 & 255]]
      : [31, [size - 65821 >> 16, size - 65821 >> 8 & 255, size - 65821 & 255]];
    if (type > 7) this.bytes.push(low, type - 7, ...more);
    else this.bytes.push(type << 5 | low, ...more);
  }
}
