/**
 * Typed data (SPOE.txt, "Typed data"): a byte with the type and its flags, then the value. All ten types, both ways.
 *
 * Hot path: `skipValue` runs for each argument of each message, `readValue` only for those that a handler asks for.
 */
import { HappiError } from "../../errors.ts";
import { Ip } from "./ip.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** The types, at the place of their number. */
export const VALUE_TYPES = [
  "null",
  "bool",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "ipv4",
  "ipv6",
  "string",
  "binary",
] as const;

/** A type of SPOP, by name. */
export type ValueType = typeof VALUE_TYPES[number];

/** What a value is in TypeScript; integers are `bigint` only beyond 2^53 - 1. */
export type Value = null | boolean | number | bigint | string | Uint8Array | Ip;

/** A value and the very type that it has, or is to have, on the wire. */
export interface Typed {
  readonly type: ValueType;
  readonly value: Value;
}

/**
 * What may be sent: a plain value gets the type that suits it (integers INT64, or UINT64 beyond 2^63 - 1), `Typed` has
 * its own.
 */
export type Sendable = Value | Typed;

/** The value cannot be sent. */
export class InvalidValue extends HappiError {
  /**
   * @param what the value, in short
   * @param why what is wrong with it
   */
  constructor(what: string, why: string) {
    super("invalid_value", `Cannot send ${what}: ${why}`);
  }
}

/**
 * A value with a type of its own, where the usual one will not do.
 *
 * @param type the type on the wire
 * @param value what it is to carry
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { typed, writeValue } from "./typed.ts";
 * import { Writer } from "./writer.ts";
 * const writer = new Writer();
 * writeValue(writer, typed("int32", 100500));
 * assert.equal(writer.written.toHex(), "02f4fa2f");
 * ```
 */
export function typed(type: ValueType, value: Value): Typed {
  return { type, value };
}

const TYPE_MASK = 0x0f;
const TRUE_FLAG = 0x10;
const [NULL, BOOL, INT32, UINT32, INT64, UINT64, IPV4, IPV6, STRING, BINARY] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Steps over a value; the reader is `broken` when it is none. */
export function skipValue(reader: Reader): void {
  const kind = reader.byte() & TYPE_MASK;
  if (kind <= BOOL) return;
  if (kind <= UINT64) reader.skipVarint();
  else if (kind === IPV4) reader.skip(4);
  else if (kind === IPV6) reader.skip(16);
  else if (kind <= BINARY) reader.skip(reader.length());
  else reader.fail();
}

/** Reads a value; `null` and `reader.broken` when it is none. */
export function readValue(reader: Reader): Value {
  const head = reader.byte();
  switch (head & TYPE_MASK) {
    case NULL:
      return null;
    case BOOL:
      return (head & TRUE_FLAG) !== 0;
    case INT32:
      return Number(BigInt.asIntN(32, BigInt(reader.varint())));
    case UINT32:
      return Number(BigInt.asUintN(32, BigInt(reader.varint())));
    case INT64: {
      const value = reader.varint();
      return typeof value === "number" ? value : narrow(BigInt.asIntN(64, value));
    }
    case UINT64:
      return reader.varint();
    case IPV4:
      return readIp(reader, 4);
    case IPV6:
      return readIp(reader, 6);
    case STRING:
      return reader.text();
    case BINARY:
      return reader.copy(reader.length());
    default:
      reader.fail();
      return null;
  }
}

/** Reads a value with its type, so that it can be written again as it was. */
export function readTyped(reader: Reader): Typed {
  const type = VALUE_TYPES[(reader.bytes[reader.at] ?? 0) & TYPE_MASK] ?? "null";
  return { type, value: readValue(reader) };
}

/**
 * Writes a value.
 *
 * @throws {InvalidValue} for what SPOP has no type for: fractions, NaN, integers of more than 64 bits, other objects
 */
export function writeValue(writer: Writer, value: Sendable): void {
  switch (typeof value) {
    case "number":
      if (!Number.isSafeInteger(value)) throw new InvalidValue(`number ${value}`, "it is no integer below 2^53");
      writer.byte(INT64);
      return writer.varint(value < 0 ? BigInt(value) : value);
    case "string":
      writer.byte(STRING);
      return writer.text(value);
    case "boolean":
      return writer.byte(value ? BOOL | TRUE_FLAG : BOOL);
    case "bigint":
      if (value !== BigInt.asIntN(64, value) && value !== BigInt.asUintN(64, value)) {
        throw new InvalidValue(`number ${value}`, "it has more than 64 bits");
      }
      writer.byte(value === BigInt.asIntN(64, value) ? INT64 : UINT64);
      return writer.varint(value);
    case "object":
      return writeObject(writer, value);
    default:
      throw new InvalidValue(`a value of type "${typeof value}"`, "SPOP has no such type");
  }
}

function writeObject(writer: Writer, value: Uint8Array | Ip | Typed | null): void {
  if (value === null) return writer.byte(NULL);
  if (value instanceof Ip) return writeIp(writer, value);
  if (value instanceof Uint8Array) {
    writer.byte(BINARY);
    return writer.sized(value);
  }
  const write = WRITERS[value.type];
  if (write === undefined) throw new InvalidValue("an object", "SPOP has no such type");
  if (!write(writer, value.value)) throw new InvalidValue(`a value as "${value.type}"`, "it does not fit the type");
}

/** For each type how a value is written; false (and nothing written) when it does not fit. */
const WRITERS: Readonly<Record<ValueType, (writer: Writer, value: Value) => boolean>> = {
  null: (writer, value) => value === null && plain(writer, null),
  bool: (writer, value) => typeof value === "boolean" && plain(writer, value),
  int32: (writer, value) => integer(writer, INT32, value, -0x8000_0000n, 0x7fff_ffffn),
  uint32: (writer, value) => integer(writer, UINT32, value, 0n, 0xffff_ffffn),
  int64: (writer, value) => integer(writer, INT64, value, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn),
  uint64: (writer, value) => integer(writer, UINT64, value, 0n, 0xffff_ffff_ffff_ffffn),
  ipv4: (writer, value) => value instanceof Ip && value.version === 4 && plain(writer, value),
  ipv6: (writer, value) => value instanceof Ip && value.version === 6 && plain(writer, value),
  string: (writer, value) => typeof value === "string" && plain(writer, value),
  binary: (writer, value) => value instanceof Uint8Array && plain(writer, value),
};

function plain(writer: Writer, value: Value): true {
  writeValue(writer, value);
  return true;
}

function integer(writer: Writer, kind: number, value: Value, least: bigint, most: bigint): boolean {
  if (typeof value !== "bigint" && (typeof value !== "number" || !Number.isSafeInteger(value))) return false;
  const whole = BigInt(value);
  if (whole < least || whole > most) return false;
  writer.byte(kind);
  writer.varint(whole);
  return true;
}

function writeIp(writer: Writer, ip: Ip): void {
  writer.byte(ip.version === 4 ? IPV4 : IPV6);
  writer.uint32(ip.word(0));
  if (ip.version === 4) return;
  writer.uint32(ip.word(1));
  writer.uint32(ip.word(2));
  writer.uint32(ip.word(3));
}

function readIp(reader: Reader, version: 4 | 6): Ip | null {
  const { bytes, at } = reader;
  reader.skip(version === 4 ? 4 : 16);
  return reader.broken ? null : Ip.read(bytes, at, version);
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
