/**
 * The data section of an MMDB file (MaxMind DB file format 2.0, "Output data section"): finds one value inside a nested
 * one, and decodes that and nothing else.
 *
 * Hot path: keys are compared as bytes and other values stepped over; only the result is made.
 */
import { HappiError } from "../../../errors.ts";

/** The file is no MMDB database, or it is damaged. */
export class InvalidDatabase extends HappiError {
  /** @param why what is wrong */
  constructor(why: string) {
    super("invalid_database", `Cannot read MMDB database: ${why}`);
  }
}

/** What a value that is neither a map nor an array decodes to. */
export type Scalar = string | number | bigint | boolean | Uint8Array;

/** Keys of maps as UTF-8, and places in arrays. */
export type Path = readonly (Uint8Array | number)[];

/**
 * Makes a path of `subdivisions.0.iso_code`: names of maps' keys, and numbers of arrays' places.
 *
 * @param text the path
 */
export function pathOf(text: string): Path {
  return text.split(".").map((part) => /^\d{1,6}$/.test(part) ? Number(part) : ENCODER.encode(part));
}

/** The types by their numbers in the file. */
const [POINTER, STRING, DOUBLE, BYTES, UINT16, UINT32, MAP, INT32, UINT64, UINT128, ARRAY] = Array.from(
  { length: 11 },
  (_, index) => index + 1,
);
const BOOLEAN = 14;
const FLOAT = 15;

/** More values than this are not stepped over for one look-up: a database that needs them is damaged. */
const MAX_STEPS = 100_000;

/** Reads values. */
export class DataSection {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at = 0;
  #type = 0;
  #size = 0;
  #steps = 0;

  /**
   * @param bytes the whole file
   * @param start where the section begins
   * @param end the place behind it
   */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = end;
  }

  /**
   * The value at a path.
   *
   * @param at where the outer value begins in the file
   * @param path where to go from there
   * @returns the value; `undefined` when there is none, or it is a map or an array
   * @throws {InvalidDatabase} when the section is damaged there
   */
  find(at: number, path: Path): Scalar | undefined {
    this.#at = at;
    this.#steps = 0;
    for (const step of path) {
      this.#value();
      const isFound = this.#type === MAP
        ? this.#enterMap(typeof step === "number" ? ENCODER.encode(String(step)) : step)
        : this.#type === ARRAY && typeof step === "number" && this.#enterArray(step);
      if (!isFound) return undefined;
    }
    this.#value();
    return this.#decode();
  }

  /** The keys of the map at a place; none when it is no map. */
  keys(at: number): string[] {
    this.#at = at;
    this.#steps = 0;
    this.#value();
    const keys: string[] = [];
    for (let rest = this.#type === MAP ? this.#size : 0; rest > 0; rest--) {
      const next = this.#key();
      keys.push(DECODER.decode(this.#bytes.subarray(this.#at, this.#at + this.#size)));
      this.#at = next;
      this.#skip();
    }
    return keys;
  }

  /** Goes to the value of a key. */
  #enterMap(key: Uint8Array): boolean {
    for (let rest = this.#size; rest > 0; rest--) {
      const next = this.#key();
      const isIt = this.#size === key.length && this.#isAt(key);
      this.#at = next;
      if (isIt) return true;
      this.#skip();
    }
    return false;
  }

  /** Goes to the value at a place. */
  #enterArray(place: number): boolean {
    if (place >= this.#size) return false;
    for (let rest = place; rest > 0; rest--) this.#skip();
    return true;
  }

  /** Reads a key's head; gives the place behind the key. */
  #key(): number {
    const next = this.#value();
    if (this.#type !== STRING) throw new InvalidDatabase("a map's key is no text");
    return next < 0 ? this.#at + this.#size : next;
  }

  #isAt(key: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let index = 0; index < key.length; index++) if (bytes[at + index] !== key[index]) return false;
    return true;
  }

  /** Reads the head of a value, following a pointer; gives the place behind the pointer, -1 when there was none. */
  #value(): number {
    this.#head();
    if (this.#type !== POINTER) return -1;
    const next = this.#at;
    this.#at = this.#start + this.#size;
    this.#head();
    if (this.#type === POINTER) throw new InvalidDatabase("a pointer points to a pointer");
    return next;
  }

  /** Reads type and size of a value; for a pointer, where it points to. */
  #head(): void {
    if (++this.#steps > MAX_STEPS) throw new InvalidDatabase("a record is too large");
    const control = this.#byte();
    const type = control >> 5;
    const low = control & 0x1f;
    if (type === POINTER) {
      this.#type = POINTER;
      const extra = low >> 3;
      const high = low & 7;
      if (extra === 0) this.#size = high * 0x100 + this.#uint(1);
      else if (extra === 1) this.#size = high * 0x10000 + this.#uint(2) + 2048;
      else if (extra === 2) this.#size = high * 0x1000000 + this.#uint(3) + 526336;
      else this.#size = this.#uint(4);
      return;
    }
    this.#type = type === 0 ? this.#byte() + 7 : type;
    if (low < 29) this.#size = low;
    else if (low === 29) this.#size = 29 + this.#uint(1);
    else if (low === 30) this.#size = 285 + this.#uint(2);
    else this.#size = 65821 + this.#uint(3);
    const isSized = this.#type !== MAP && this.#type !== ARRAY && this.#type !== BOOLEAN;
    if (isSized && this.#at + this.#size > this.#end) throw new InvalidDatabase("a value goes beyond the end");
  }

  /** Steps over a value. */
  #skip(): void {
    for (let rest = 1; rest > 0; rest--) {
      this.#head();
      if (this.#type === MAP) rest += this.#size * 2;
      else if (this.#type === ARRAY) rest += this.#size;
      else if (this.#type !== POINTER && this.#type !== BOOLEAN) this.#at += this.#size;
    }
  }

  #decode(): Scalar | undefined {
    const size = this.#size;
    const at = this.#at;
    switch (this.#type) {
      case STRING:
        return DECODER.decode(this.#bytes.subarray(at, at + size));
      case BYTES:
        return this.#bytes.slice(at, at + size);
      case BOOLEAN:
        return size !== 0;
      case DOUBLE:
        if (size !== 8) throw new InvalidDatabase(`a double has ${size} bytes`);
        return this.#view.getFloat64(at);
      case FLOAT:
        if (size !== 4) throw new InvalidDatabase(`a float has ${size} bytes`);
        return this.#view.getFloat32(at);
      case UINT16:
      case UINT32:
        return this.#integer(at, size, 4);
      case INT32:
        return Number(this.#integer(at, size, 4)) | 0;
      case UINT64:
        return this.#integer(at, size, 8);
      case UINT128:
        return this.#integer(at, size, 16);
      default:
        return undefined;
    }
  }

  #integer(at: number, size: number, most: number): number | bigint {
    if (size > most) throw new InvalidDatabase(`an integer has ${size} bytes`);
    let small = 0;
    if (size <= 6) {
      for (let index = 0; index < size; index++) small = small * 256 + (this.#bytes[at + index] ?? 0);
      return small;
    }
    let large = 0n;
    for (let index = 0; index < size; index++) large = large << 8n | BigInt(this.#bytes[at + index] ?? 0);
    return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : large;
  }

  #byte(): number {
    if (this.#at < this.#start || this.#at >= this.#end) throw new InvalidDatabase("a value is outside the data");
    return this.#bytes[this.#at++] ?? 0;
  }

  #uint(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) value = value * 256 + this.#byte();
    return value;
  }
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
