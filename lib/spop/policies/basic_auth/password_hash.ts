/**
 * Stored passwords: only formats that take long to try out, each with its cost in it.
 *
 * | format | made by |
 * |---|---|
 * | `$scrypt$ln=15,r=8,p=1$SALT$HASH` | {@linkcode hashPassword} |
 * | `$pbkdf2-sha256$i=600000$SALT$HASH`, `$pbkdf2-sha512$…` | WebCrypto, passlib |
 * | `$6$SALT$HASH`, `$5$SALT$HASH` | `openssl passwd -6`, `mkpasswd -m sha-512` |
 *
 * bcrypt, MD5 (`$apr1$`), `{SHA}` and plain passwords are refused: the first needs a package, the others are no protection.
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import { HappiError } from "../../../errors.ts";
import { shaCrypt } from "./sha_crypt.ts";

/** A password as it is kept. */
export interface PasswordHash {
  /** Whether this is the password; it takes as long for a wrong one. */
  verify(password: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

/** The text is no stored password that can be used. */
export class InvalidPasswordHash extends HappiError {
  /** @param why what is wrong with it; the text itself is not told */
  constructor(why: string) {
    super("invalid_password_hash", `Cannot use a stored password: ${why}`);
  }
}

/**
 * Reads a stored password.
 *
 * @param text one of the formats above
 * @throws {InvalidPasswordHash} when it is none of them, or its cost is too small or absurd
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hashPassword, parsePasswordHash } from "./password_hash.ts";
 * const stored = parsePasswordHash(await hashPassword("s3cret"));
 * assert.ok(await stored.verify(new TextEncoder().encode("s3cret")));
 * assert.ok(!await stored.verify(new TextEncoder().encode("guess")));
 * ```
 */
export function parsePasswordHash(text: string): PasswordHash {
  for (const [pattern, parse] of FORMATS) {
    const found = pattern.exec(text);
    if (found !== null) return parse(found);
  }
  const [, why = 'it is none of "$scrypt$", "$pbkdf2-sha256$", "$pbkdf2-sha512$", "$5$", "$6$"'] =
    REFUSED.find(([pattern]) => pattern.test(text)) ?? [];
  throw new InvalidPasswordHash(why);
}

/**
 * Makes a stored password: scrypt with 32 MiB and a salt of its own.
 *
 * @param password the password
 * @returns `$scrypt$ln=15,r=8,p=1$SALT$HASH`
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const cost = { ln: 15, r: 8, p: 1 };
  const hash = await scryptHash(new TextEncoder().encode(password), salt, 32, cost);
  const write = (bytes: Uint8Array) => bytes.toBase64({ omitPadding: true });
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${write(salt)}$${write(hash)}`;
}

type Cost = Readonly<Record<"ln" | "r" | "p", number>>;

const BASE64 = "[A-Za-z0-9+/.]+";

const FORMATS: readonly (readonly [RegExp, (found: RegExpExecArray) => PasswordHash])[] = [
  [new RegExp(`^\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,2}),p=(\\d{1,2})\\$(${BASE64})\\$(${BASE64})$`), parseScrypt],
  [new RegExp(`^\\$pbkdf2-sha(256|512)\\$(?:i=)?(\\d{1,8})(?:,l=\\d+)?\\$(${BASE64})\\$(${BASE64})$`), parsePbkdf2],
  [/^\$([56])\$(?:rounds=(\d{1,9})\$)?([./0-9A-Za-z]{1,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/, parseShaCrypt],
];

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^\$2[abxy]\$/, 'bcrypt is not supported; make the entry with "openssl passwd -6"'],
  [/^\$(apr1|1)\$|^\{SHA\}/, 'MD5 and unsalted SHA-1 are no protection; make the entry with "openssl passwd -6"'],
  [/^[^$]*$/, 'it is a plain password or of an old format; make the entry with "openssl passwd -6"'],
];

function parseScrypt([, ln = "", r = "", p = "", salt = "", hash = ""]: RegExpExecArray): PasswordHash {
  const cost: Cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  // At most 128 MiB, and no cheaper than 2 MiB.
  if (cost.ln < 11 || cost.ln > 20 || cost.r < 8 || cost.p < 1 || cost.p > 16 || 2 ** cost.ln * cost.r > 2 ** 20) {
    throw new InvalidPasswordHash(`scrypt with ln=${ln},r=${r},p=${p} is too cheap or too dear`);
  }
  const [saltBytes, expected] = [decoded(salt, 8), decoded(hash, 16)];
  return {
    verify: async (password) => timingSafeEqual(await scryptHash(password, saltBytes, expected.length, cost), expected),
  };
}

function scryptHash(password: Uint8Array, salt: Uint8Array, length: number, { ln, r, p }: Cost): Promise<Uint8Array> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem: 128 * N * r * 2 }, (fault, hash) => {
      if (fault) reject(fault);
      else resolve(hash);
    });
  });
}

function parsePbkdf2([, bits = "", count = "", salt = "", hash = ""]: RegExpExecArray): PasswordHash {
  const iterations = Number(count);
  if (iterations < 10_000 || iterations > 10_000_000) {
    throw new InvalidPasswordHash(`PBKDF2 with ${iterations} iterations is too cheap or too dear`);
  }
  const [saltBytes, expected] = [decoded(salt, 8), decoded(hash, 16)];
  const how = { name: "PBKDF2", hash: `SHA-${bits}`, salt: saltBytes, iterations };
  return {
    async verify(password) {
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      return timingSafeEqual(new Uint8Array(await crypto.subtle.deriveBits(how, key, expected.length * 8)), expected);
    },
  };
}

function parseShaCrypt([, kind, count = "5000", salt = "", hash = ""]: RegExpExecArray): PasswordHash {
  const rounds = Number(count);
  if (rounds < 5000 || rounds > 1_000_000) {
    throw new InvalidPasswordHash(`SHA-crypt with ${rounds} rounds is too cheap or too dear`);
  }
  const which = kind === "5" ? "5" : "6";
  if (hash.length !== (which === "5" ? 43 : 86)) throw new InvalidPasswordHash("its hash is not whole");
  const expected = new TextEncoder().encode(hash);
  return {
    verify: async (password) =>
      timingSafeEqual(new TextEncoder().encode(await shaCrypt(which, password, salt, rounds)), expected),
  };
}

const MOST_HASH_BYTES = 64;

/** Base64 without padding; passlib writes `.` for `+`. */
function decoded(text: string, least: number): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(text.replaceAll(".", "+"));
  } catch {
    throw new InvalidPasswordHash("its salt or its hash is no base64");
  }
  if (bytes.length < least || bytes.length > MOST_HASH_BYTES) {
    throw new InvalidPasswordHash("its salt or hash has a wrong size");
  }
  return bytes;
}
