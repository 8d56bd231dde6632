/** What property tests make up: values, messages, bytes and their pieces. */

import fc from "fast-check";
import { Ip, type OutgoingMessage, type Typed, typed, type Value } from "../../lib/spop/mod.ts";

const WORD = fc.integer({ min: 0, max: 0xffffffff });
const ip4 = WORD.map((word) => Ip.v4(word));
const ip6 = fc.tuple(WORD, WORD, WORD, WORD).map((words) => Ip.v6(...words));
const integer = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((value) => Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** Any address. */
export const anyIp: fc.Arbitrary<Ip> = fc.oneof(ip4, ip6);

/** Any value with its type. */
export const anyTyped: fc.Arbitrary<Typed> = fc.oneof(
  fc.constant(typed("null", null)),
  fc.boolean().map((value) => typed("bool", value)),
  integer(-(2n ** 31n), 2n ** 31n - 1n).map((value) => typed("int32", value)),
  integer(0n, 2n ** 32n - 1n).map((value) => typed("uint32", value)),
  integer(-(2n ** 63n), 2n ** 63n - 1n).map((value) => typed("int64", value)),
  integer(0n, 2n ** 64n - 1n).map((value) => typed("uint64", value)),
  ip4.map((value) => typed("ipv4", value)),
  ip6.map((value) => typed("ipv6", value)),
  fc.string({ unit: "binary", maxLength: 300 }).map((value) => typed("string", value.toWellFormed())),
  fc.uint8Array({ maxLength: 300 }).map((value) => typed("binary", value)),
);

/** Any message with arguments in order, names repeated and empty ones among them. */
export const anyMessage: fc.Arbitrary<OutgoingMessage & { readonly args: readonly (readonly [string, Typed])[] }> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 40 }),
    args: fc.array(fc.tuple(fc.string({ maxLength: 12 }), anyTyped), { maxLength: 12 }),
  });

/** Bytes cut at any places. */
export function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index] ?? 0, end));
}

/** Changes to bytes: some are set to others, some inserted, some taken away. */
export const anyMutation: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array<ArrayBuffer>> = fc.array(
  fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom("set", "insert", "delete")),
  { minLength: 1, maxLength: 6 },
).map((changes) => (bytes: Uint8Array) => {
  const mutated = [...bytes];
  for (const [place, byte, what] of changes) {
    const at = place % (mutated.length + 1);
    mutated.splice(at, what === "insert" ? 0 : 1, ...(what === "delete" ? [] : [byte]));
  }
  return new Uint8Array(mutated);
});

/** A value as it can be compared: addresses as text, bytes as hex. */
export function comparable(value: Value | undefined): unknown {
  if (value instanceof Ip) return { ip: String(value), version: value.version };
  return value instanceof Uint8Array ? { hex: value.toHex() } : value;
}
