/**
 * The password hashes `$5$` and `$6$` ("Unix crypt using SHA-256 and SHA-512", Ulrich Drepper): what `openssl passwd -6` and
 * `mkpasswd` write, so that a user file can be made on any host.
 *
 * It is thousands of small hashes one after the other, so it takes half of the thread's time at most.
 */
import { hash } from "node:crypto";

/** Which hash, and how its bytes are shuffled at the end. */
const KINDS = {
  "5": { algorithm: "sha256", bytes: 32, rotate: (a: number, b: number, c: number) => [c + 1, a + 1, b + 1] as const },
  "6": { algorithm: "sha512", bytes: 64, rotate: (a: number, b: number, c: number) => [b + 1, c + 1, a + 1] as const },
} as const;

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** About a millisecond. */
const ROUNDS_AT_A_TIME = 200;

/**
 * The last part of a hash: what stands behind the salt.
 *
 * @param kind `"5"` for SHA-256, `"6"` for SHA-512
 * @param password its bytes
 * @param salt at most 16 characters
 * @param rounds 1000 to 999999999; 5000 where the hash does not say
 * @param rest a moment for others, before each millisecond of work; a timer if not given
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shaCrypt } from "./sha_crypt.ts";
 * const password = new TextEncoder().encode("secret");
 * assert.equal(await shaCrypt("5", password, "abcdefgh", 5000), "gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.");
 * ```
 */
export async function shaCrypt(
  kind: keyof typeof KINDS,
  password: Uint8Array,
  salt: string,
  rounds: number,
  rest: () => Promise<void> = aMillisecond,
): Promise<string> {
  const { algorithm, bytes } = KINDS[kind];
  const digest = (...parts: Uint8Array[]) => new Uint8Array(hash(algorithm, join(parts), "buffer"));
  const saltBytes = new TextEncoder().encode(salt);
  const alternate = repeat(digest(password, saltBytes, password), password.length);
  const tail: Uint8Array[] = [];
  for (let length = password.length; length > 0; length >>= 1) {
    tail.push(length & 1 ? repeat(alternate, bytes, digest(password, saltBytes, password)) : password);
  }
  let state = digest(password, saltBytes, alternate, ...tail);
  const p = repeat(digest(...times(password, password.length)), password.length);
  const s = repeat(digest(...times(saltBytes, 16 + (state[0] ?? 0))), saltBytes.length);
  for (let from = 0; from < rounds; from += ROUNDS_AT_A_TIME) {
    await inTurn(() => {
      for (let round = from; round < Math.min(rounds, from + ROUNDS_AT_A_TIME); round++) {
        const isOdd = (round & 1) === 1;
        const parts = [isOdd ? p : state];
        if (round % 3 !== 0) parts.push(s);
        if (round % 7 !== 0) parts.push(p);
        parts.push(isOdd ? state : p);
        state = digest(...parts);
      }
    }, rest);
  }
  return written(kind, state);
}

let last: Promise<void> = Promise.resolve();

/**
 * Works when it is its turn, which comes after a moment in which nobody hashes. One password at a time has it, however many
 * are compared: what puts itself off by `setImmediate`, or by timers that are due again at once, keeps the runtime from
 * reading and writing, and four wrong passwords held up every verdict for a quarter of a second.
 */
function inTurn(work: () => void, rest: () => Promise<void>): Promise<void> {
  const worked = last.then(rest).then(work);
  last = worked.catch(() => {});
  return worked;
}

function aMillisecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Three bytes at a time in the order of the kind, six bits a character, low bits first. */
function written(kind: keyof typeof KINDS, state: Uint8Array): string {
  const { bytes, rotate } = KINDS[kind];
  const third = Math.floor(bytes / 3);
  const byte = (index: number) => state[index] ?? 0;
  let text = "";
  let places: readonly [number, number, number] = [0, third, 2 * third];
  for (let group = 0; group < third; group++) {
    const [a, b, c] = places;
    text += sixBits((byte(a) << 16) | (byte(b) << 8) | byte(c), 4);
    places = rotate(a, b, c);
  }
  return text + (kind === "5" ? sixBits((byte(31) << 8) | byte(30), 3) : sixBits(byte(63), 2));
}

function sixBits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join("");
}

/** Bytes over and over until there are so many. */
function repeat(bytes: Uint8Array, length: number, of = bytes): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => of[index % of.length] ?? 0);
}

function times(bytes: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
