/**
 * A reader for MMDB files (MaxMind DB file format 2.0), which databases of countries, cities and networks come in.
 *
 * Hot path: an address is found straight from its words, and only the values that are asked for are decoded. The file's
 * bytes are used as they are.
 */
import type { Ip } from "../../codec/mod.ts";
import { DataSection, InvalidDatabase, type Path, pathOf, type Scalar } from "./data_section.ts";

/** What a database says of itself. */
export interface MmdbMetadata {
  /** What it is: `GeoLite2-City` … */
  readonly databaseType: string;
  /** When it was built, in seconds since 1970. */
  readonly buildEpoch: number;
  /** 4, or 6 for both. */
  readonly ipVersion: 4 | 6;
  /** Nodes of the search tree. */
  readonly nodeCount: number;
  /** Bits of a record in a node. */
  readonly recordSize: 24 | 28 | 32;
}

const MARKER = Uint8Array.from([0xab, 0xcd, 0xef, ...new TextEncoder().encode("MaxMind.com")]);
/** The metadata is in the last 128 KiB. */
const MAX_METADATA = 128 * 1024;
/** Zero bytes between tree and data. */
const SEPARATOR = 16;

/** A database. */
export class Mmdb {
  /** What it says of itself. */
  readonly metadata: MmdbMetadata;
  readonly #bytes: Uint8Array;
  readonly #data: DataSection;
  readonly #treeSize: number;
  readonly #dataEnd: number;
  /** Where IPv4 addresses begin in the tree: a node, or already a result. */
  readonly #v4Start: number;

  /**
   * @param bytes the whole file; not a copy, and not to be changed
   * @throws {InvalidDatabase} when it is no MMDB file
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#dataEnd = findMarker(bytes);
    this.metadata = readMetadata(bytes, this.#dataEnd + MARKER.length);
    this.#treeSize = this.metadata.nodeCount * this.metadata.recordSize / 4;
    if (this.#treeSize + SEPARATOR > this.#dataEnd) throw new InvalidDatabase("its tree is larger than the file");
    this.#data = new DataSection(bytes, this.#treeSize + SEPARATOR, this.#dataEnd);
    let node = 0;
    for (let bit = 0; this.metadata.ipVersion === 6 && bit < 96; bit++) node = this.#descend(node, 0);
    this.#v4Start = node;
  }

  /**
   * Where the record of an address is.
   *
   * @param ip the address
   * @returns a place for {@linkcode Mmdb.value}, the same for all addresses with the same record; -1 when there is none
   * @throws {InvalidDatabase} when the tree is damaged there
   */
  find(ip: Ip): number {
    const { nodeCount, ipVersion } = this.metadata;
    if (ip.version === 6 && ipVersion === 4) return -1;
    const bits = ip.version === 4 ? 32 : 128;
    let node = ip.version === 4 ? this.#v4Start : 0;
    for (let bit = 0; bit < bits && node < nodeCount; bit++) {
      node = this.#descend(node, (ip.word(WORDS[bit >> 5] ?? 0) >>> (31 - (bit & 31))) & 1);
    }
    if (node === nodeCount) return -1;
    if (node < nodeCount) throw new InvalidDatabase("its tree is deeper than an address");
    const place = node - nodeCount + this.#treeSize;
    if (place < this.#treeSize + SEPARATOR || place >= this.#dataEnd) {
      throw new InvalidDatabase("a record is outside the data");
    }
    return place;
  }

  /**
   * A value of a record.
   *
   * @param place from {@linkcode Mmdb.find}
   * @param path which one, from {@linkcode pathOf}
   * @returns the value, `undefined` when the record has none there or it is not a single value
   * @throws {InvalidDatabase} when the data is damaged there
   */
  value(place: number, path: Path): Scalar | undefined {
    return this.#data.find(place, path);
  }

  /** The record at the end of an edge; a result stays what it is. */
  #descend(node: number, side: number): number {
    const { nodeCount, recordSize } = this.metadata;
    if (node >= nodeCount) return node;
    const bytes = this.#bytes;
    const at = node * recordSize / 4;
    if (recordSize === 24) return uint24(bytes, at + side * 3);
    if (recordSize === 32) return uint24(bytes, at + side * 4) * 256 + (bytes[at + side * 4 + 3] ?? 0);
    const middle = bytes[at + 3] ?? 0;
    return side === 0 ? (middle >> 4) * 2 ** 24 + uint24(bytes, at) : (middle & 15) * 2 ** 24 + uint24(bytes, at + 4);
  }
}

const WORDS = [0, 1, 2, 3] as const;

function uint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** Where the last marker is. */
function findMarker(bytes: Uint8Array): number {
  const least = Math.max(0, bytes.length - MAX_METADATA);
  for (let at = bytes.length - MARKER.length; at >= least; at--) {
    if (MARKER.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  throw new InvalidDatabase("it has no metadata");
}

function readMetadata(bytes: Uint8Array, start: number): MmdbMetadata {
  const section = new DataSection(bytes, start, bytes.length);
  const number = (key: string) => {
    const value = section.find(start, pathOf(key));
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new InvalidDatabase(`its metadata has no whole number "${key}"`);
  };
  const ipVersion = number("ip_version");
  const recordSize = number("record_size");
  const format = number("binary_format_major_version");
  if (format !== 2) throw new InvalidDatabase(`its format is version ${format}, and only 2 is known`);
  if (ipVersion !== 4 && ipVersion !== 6) throw new InvalidDatabase(`it is for IP version "${ipVersion}"`);
  if (recordSize !== 24 && recordSize !== 28 && recordSize !== 32) {
    throw new InvalidDatabase(`its records have ${recordSize} bits`);
  }
  const type = section.find(start, pathOf("database_type"));
  return {
    databaseType: typeof type === "string" ? type : "",
    buildEpoch: number("build_epoch"),
    nodeCount: number("node_count"),
    ipVersion,
    recordSize,
  };
}
