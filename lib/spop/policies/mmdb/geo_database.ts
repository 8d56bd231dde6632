/**
 * A database and the values of it that are wanted. Those of records that were asked for lately are kept: many addresses
 * share one record.
 */
import type { Ip, Value } from "../../codec/mod.ts";
import type { Path, Scalar } from "./data_section.ts";
import type { Mmdb } from "./mmdb.ts";

/** Records that are kept; the place of a record decides which other it takes the place of. */
const KEPT = 4096;

/** A database, asked for the same paths again and again. */
export class GeoDatabase {
  /** The database. */
  readonly mmdb: Mmdb;
  /** The paths that are looked up. */
  readonly paths: readonly Path[];
  readonly #places = new Int32Array(KEPT).fill(-1);
  readonly #kept: (readonly (Value | undefined)[] | undefined)[] = Array.from({ length: KEPT });

  /**
   * @param mmdb the database
   * @param paths what is looked up
   */
  constructor(mmdb: Mmdb, paths: readonly Path[]) {
    this.mmdb = mmdb;
    this.paths = paths;
  }

  /**
   * The values of an address, at the places of their paths.
   *
   * @returns `undefined` when the database does not know the address
   * @throws {InvalidDatabase} when the database is damaged there
   */
  lookup(ip: Ip): readonly (Value | undefined)[] | undefined {
    const place = this.mmdb.find(ip);
    if (place < 0) return undefined;
    const slot = Math.imul(place, 0x9e3779b1) >>> 20;
    const kept = this.#places[slot] === (place | 0) ? this.#kept[slot] : undefined;
    if (kept !== undefined) return kept;
    const values = this.paths.map((path) => sendable(this.mmdb.value(place, path)));
    this.#places[slot] = place;
    this.#kept[slot] = values;
    return values;
  }
}

/** A value as SPOP can carry it: fractions and integers of more than 64 bits become text. */
function sendable(value: Scalar | undefined): Value | undefined {
  if (typeof value === "number" && !Number.isSafeInteger(value)) return String(value);
  if (typeof value === "bigint" && value >= 2n ** 64n) return String(value);
  return value;
}
